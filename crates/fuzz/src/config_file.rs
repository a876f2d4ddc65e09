//! `prometheus.yml`.

use config::Config;

/// Reads the bytes as a configuration: what it prints reads as the same, and what is wrong has a place.
pub fn config_file(bytes: &[u8]) {
    let text = super::text(bytes);
    match Config::parse_with(text, "fuzz.yml", &|name| (name == "HOME").then(|| "/home".to_owned())) {
        Ok(config) => {
            let printed = config.to_yaml();
            // Dollar signs of values would be replaced once more.
            if !printed.contains('$') {
                let again = Config::parse_with(&printed, "printed.yml", &|_| None);
                assert_eq!(again.unwrap_or_else(|error| panic!("{error}\n{printed}")).to_yaml(), printed);
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
