//! Every case of `conformance/api` against the real store and engine.

use crate::{case, stack::Stack};

#[tokio::test]
async fn every_case_is_answered_to_the_byte() {
    let stack = Stack::new();
    let router = stack.prometheus();
    let cases = case::read_all();
    let mut answers = Vec::new();
    for case in &cases {
        answers.push(case::answer(&router, case.request()).await);
    }
    case::compare(&cases, answers);
}
