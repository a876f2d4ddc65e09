//! Units in the names of metrics.

/// Units and the base unit that is to be used in their place.
const UNITS: [(&str, &str); 24] = [
    ("amperes", "amperes"),
    ("bits", "bytes"),
    ("bytes", "bytes"),
    ("calories", "joules"),
    ("celsius", "celsius"),
    ("days", "seconds"),
    ("fahrenheit", "celsius"),
    ("grams", "grams"),
    ("hours", "seconds"),
    ("inches", "meters"),
    ("joules", "joules"),
    ("kelvin", "kelvin"),
    ("kelvins", "kelvin"),
    ("meters", "meters"),
    ("metres", "metres"),
    ("miles", "meters"),
    ("minutes", "seconds"),
    ("ounces", "grams"),
    ("pounds", "grams"),
    ("rankine", "celsius"),
    ("seconds", "seconds"),
    ("volts", "volts"),
    ("weeks", "seconds"),
    ("yards", "meters"),
];

/// `mibi` is what Prometheus's linter knows, and so what it is compared by.
const PREFIXES: [&str; 18] = [
    "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega", "mibi",
    "giga", "gibi", "tera", "tebi", "peta", "pebi",
];

/// Short forms that say too little.
const ABBREVIATIONS: [&str; 14] =
    ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];

/// The first unit in a name and its base unit, when these are not the same.
pub(super) fn other_than_base(name: &str) -> Option<(String, &'static str)> {
    let (word, base) = name.split('_').find_map(|word| Some((word, base_of(word)?)))?;
    (word != base).then(|| (word.to_owned(), base))
}

fn base_of(word: &str) -> Option<&'static str> {
    let known = |unit: &str| UNITS.iter().find(|(name, _)| *name == unit).map(|(_, base)| *base);
    known(word).or_else(|| PREFIXES.iter().find_map(|prefix| known(word.strip_prefix(prefix)?)))
}

/// How many kinds of abbreviated units a name in lower case has.
pub(super) fn abbreviations(name: &str) -> usize {
    // The first word is no unit of anything.
    let words = || name.split('_').skip(1);
    ABBREVIATIONS.iter().filter(|&&short| words().any(|word| word == short)).count()
}
