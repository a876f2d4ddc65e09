//! Zones of time: in which one moments are written.

use model::civil::Civil;
use tz::TimeZone;

/// The zone in which times are written and days begin.
#[derive(Clone, Debug, Default)]
pub enum Zone {
    /// Universal time.
    #[default]
    Utc,
    /// One of the zones that the system knows.
    Known(TimeZone),
}

impl Zone {
    /// Finds a zone: `utc`, a name such as `Europe/Berlin`, or the system's own for nothing and `browser`; where the
    /// system does not know it, universal time. Reads files of the system.
    pub fn find(name: &str) -> Self {
        let found = match name {
            "utc" | "UTC" => return Self::Utc,
            "" | "browser" => TimeZone::local(),
            // The name becomes a path below the system's folder of zones.
            name if is_zone_name(name) => TimeZone::from_posix_tz(name),
            _ => return Self::Utc,
        };
        found.map_or(Self::Utc, Self::Known)
    }

    /// How far its clocks are ahead of universal time at a moment.
    pub(crate) fn offset_ms(&self, time_ms: i64) -> i64 {
        match self {
            Self::Utc => 0,
            Self::Known(zone) => zone
                .find_local_time_type(time_ms.div_euclid(1000))
                .map_or(0, |local| i64::from(local.ut_offset()) * 1000),
        }
    }

    /// A moment as its clocks show it.
    pub(crate) fn civil(&self, time_ms: i64) -> Civil {
        Civil::from_ms(time_ms.saturating_add(self.offset_ms(time_ms)))
    }

    /// The moment at which its clocks show this.
    pub(crate) fn moment(&self, local_ms: i64) -> i64 {
        let guess = local_ms - self.offset_ms(local_ms);
        local_ms - self.offset_ms(guess)
    }
}

fn is_zone_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+');
    name.len() <= 64 && name.bytes().all(known) && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_set_forward() {
        let zone = Zone::Known(TimeZone::from_posix_tz("CET-1CEST,M3.5.0,M10.5.0/3").unwrap());
        let (winter, summer) = (1_795_326_530_000, 1_780_000_000_000);
        assert_eq!((zone.offset_ms(winter), zone.offset_ms(summer)), (3_600_000, 7_200_000));
        assert_eq!(zone.moment(summer + 7_200_000), summer);
        assert_eq!(zone.civil(winter).hour, 6);
    }

    #[test]
    fn what_is_no_name_of_a_zone_opens_no_file() {
        for name in ["../../etc/passwd", "/etc/localtime", ":x", "utc"] {
            assert!(matches!(Zone::find(name), Zone::Utc), "{name}");
        }
    }
}
