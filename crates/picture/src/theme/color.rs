//! Colours as CSS writes them, and arithmetic on them.

use std::fmt;

/// A colour with an opacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Color {
    pub(crate) red: u8,
    pub(crate) green: u8,
    pub(crate) blue: u8,
    /// 0 to 1.
    pub(crate) alpha: f32,
}

impl Color {
    /// What stands for colours that cannot be read.
    pub(crate) const GREY: Self = Self::rgb(0x88_8888);

    /// An opaque colour from `0xrrggbb`.
    pub(crate) const fn rgb(hex: u32) -> Self {
        Self { red: (hex >> 16) as u8, green: (hex >> 8) as u8, blue: hex as u8, alpha: 1.0 }
    }

    /// Reads `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(…)`, `rgba(…)` and `transparent`; grey for anything else.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim();
        if text == "transparent" {
            return Self::GREY.with_alpha(0.0);
        }
        let parsed = match text.strip_prefix('#') {
            Some(digits) => Self::from_hex(digits),
            None => Self::from_function(text),
        };
        parsed.unwrap_or(Self::GREY)
    }

    fn from_hex(digits: &str) -> Option<Self> {
        let value = u32::from_str_radix(digits, 16).ok()?;
        match digits.len() {
            3 | 4 => {
                let value = if digits.len() == 3 { value << 4 | 0xf } else { value };
                let channel = |at: u32| (value >> at & 0xf) as u8 * 0x11;
                let alpha = f32::from(channel(0)) / 255.0;
                Some(Self { red: channel(12), green: channel(8), blue: channel(4), alpha })
            }
            6 => Some(Self::rgb(value)),
            8 => Some(Self::rgb(value >> 8).with_alpha((value & 0xff) as f32 / 255.0)),
            _ => None,
        }
    }

    fn from_function(text: &str) -> Option<Self> {
        let inner = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("))?.strip_suffix(')')?;
        let mut parts =
            inner.split([',', '/', ' ']).filter(|part| !part.is_empty()).map(|part| part.parse::<f32>().ok());
        let mut channel = || Some(parts.next()??.clamp(0.0, 255.0).round() as u8);
        let (red, green, blue) = (channel()?, channel()?, channel()?);
        let alpha = parts.next().flatten().unwrap_or(1.0).clamp(0.0, 1.0);
        Some(Self { red, green, blue, alpha })
    }

    /// The same with another opacity of 0 to 1.
    pub(crate) fn with_alpha(self, alpha: f32) -> Self {
        Self { alpha, ..self }
    }

    /// The colour at `share` (0 to 1) of the way to another one.
    pub(crate) fn mixed(self, other: Self, share: f32) -> Self {
        let mix = |a: f32, b: f32| a + (b - a) * share.clamp(0.0, 1.0);
        let channel = |a: u8, b: u8| mix(f32::from(a), f32::from(b)).round() as u8;
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
            alpha: mix(self.alpha, other.alpha),
        }
    }

    /// The colour at `share` (0 to 1) of the way through equally spaced stops.
    pub(crate) fn along(stops: &[Self], share: f64) -> Self {
        let last = stops.len().saturating_sub(1);
        let place = share.clamp(0.0, 1.0) * last as f64;
        let index = (place as usize).min(last.saturating_sub(1));
        let low = stops.get(index).copied().unwrap_or(Self::GREY);
        let high = stops.get(index + 1).copied().unwrap_or(low);
        low.mixed(high, (place - index as f64) as f32)
    }

    /// How bright it looks, of 255.
    pub(crate) fn brightness(self) -> f32 {
        let [red, green, blue] = [self.red, self.green, self.blue].map(f32::from);
        0.299 * red + 0.587 * green + 0.114 * blue
    }

    /// Black or white, whichever reads better on it (luminance of WCAG).
    pub(crate) fn text_on(self) -> Self {
        let linear = |channel: u8| {
            let share = f32::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = 0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue);
        if luminance > 0.179 { Self::rgb(0x10_141a) } else { Self::rgb(0xff_ffff) }
    }
}

/// As `#rrggbb`, without the opacity.
impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_css_has_them() {
        for (text, red, alpha) in [
            ("#f00", 255, 1.0),
            ("#ff000080", 255, 128.0 / 255.0),
            ("rgba(12, 0, 0, 0.5)", 12, 0.5),
            ("rgb(13 0 0)", 13, 1.0),
            ("transparent", 0x88, 0.0),
            ("#zz", 0x88, 1.0),
            ("rgb(1)", 0x88, 1.0),
        ] {
            let color = Color::parse(text);
            assert_eq!((color.red, color.alpha), (red, alpha), "{text}");
        }
    }

    #[test]
    fn stops_are_mixed() {
        let stops = [Color::rgb(0), Color::rgb(0x64_6464), Color::rgb(0xff_ffff)];
        assert_eq!(Color::along(&stops, 0.25), Color::rgb(0x32_3232));
        assert_eq!(Color::along(&stops, 2.0), Color::rgb(0xff_ffff));
        assert_eq!(Color::along(&[], 0.5), Color::GREY);
    }
}
