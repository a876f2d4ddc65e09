//! That the runner notices what is wrong.

use promqltest::{engine, run_script};

const LOAD: &str = "load 1m\n  a{x=\"1\"} 1 2 3\n  a{x=\"2\"} 4 5 6\n\n";

/// The failure of a script with one command that fails.
fn failure(eval: &str) -> String {
    let report = run_script(&format!("{LOAD}{eval}\n"), &engine());
    match &report.failed[..] {
        [failure] => failure.message.clone(),
        other => panic!("{eval}: {other:?}"),
    }
}

#[test]
fn wrong_answers_are_failures() {
    for (eval, message) in [
        ("eval instant at 0 1\n 2", "expected scalar 2 but got 1"),
        ("eval instant at 0 a\n a{x=\"1\"} 1", "unexpected metric a{x=\"2\"} in result, has value 4"),
        ("eval instant at 0 a{x=\"1\"}\n a{x=\"1\"} 2", "expected 2 for a{x=\"1\"} but got 1"),
        ("eval instant at 0 b\n b 1", "expected metric b not found"),
        (
            "eval instant at 0 sort(a)\n expect ordered\n a{x=\"2\"} 4\n a{x=\"1\"} 1",
            "expected metric a{x=\"1\"} at position 2 but was at 1",
        ),
        ("eval instant at 0 a\n expect fail", "expected an error but got none"),
        ("eval instant at 0 \"s\"\n expect string \"t\"", "expected string \"t\" but got \"s\""),
        (
            "eval instant at 0 a{x=\"1\"}\n expect warn\n a{x=\"1\"} 1",
            "expected warn annotations but none were found",
        ),
        (
            "eval instant at 1m rate(a{x=\"1\"}[2m])\n expect no_info\n {x=\"1\"} 0.0125",
            "unexpected info annotations: ",
        ),
        (
            "eval range from 0 to 1m step 1m sum(a)\n {} 5 8",
            "expected {} to be [5 @[0] 8 @[60000]], but got [5 @[0] 7 @[60000]]",
        ),
        (
            "eval range from 0 to 1m step 1m sum(a)\n {} 5 7 9",
            "expected 3 points for {}, but the time range is shorter",
        ),
        ("eval instant at 2m a[2m]\n a{x=\"1\"} 2", "the result is a matrix: say `expect range vector`"),
    ] {
        let found = failure(eval);
        assert!(found.starts_with(message), "{eval}\n{found}");
    }
}

#[test]
fn what_is_loaded_stays_until_it_is_cleared() {
    let script = "eval instant at 1m sum(a)\n {} 7\n\nload 1m\n a{x=\"3\"} 0 3\n\neval instant at 1m sum(a)\n {} 10\n\n\
                  clear\n\neval instant at 1m sum(a)\n";
    let report = run_script(&format!("{LOAD}{script}"), &engine());
    assert_eq!((report.passed, report.failed), (3, Vec::new()));
}
