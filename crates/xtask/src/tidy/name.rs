//! Files are named for what is in them.

use super::Problem;

/// Words that say nothing about a file's content.
const EMPTY: [&str; 8] = ["util", "utils", "common", "helper", "helpers", "manager", "misc", "stuff"];

/// Checks a file's path, folders included.
pub(super) fn check(path: &str) -> Option<Problem> {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    let empty = words.into_iter().find(|word| EMPTY.contains(&word.as_str()))?;
    let message = format!("{empty:?} in a name says nothing; name the file for what is in it");
    Some(Problem::new(path, None, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_words_are_found_wherever_they_stand() {
        for path in
            ["crates/a/src/utils.rs", "a/common/x.rs", "web/src/date-helpers.ts", "x/session_manager.rs"]
        {
            assert!(check(path).is_some(), "{path}");
        }
        for path in ["crates/a/src/utilisation.rs", "a/uncommon.rs", "crates/model/src/lib.rs"] {
            assert_eq!(check(path), None);
        }
    }
}
