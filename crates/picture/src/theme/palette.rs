//! The colours of the two themes: scaffolding, and the hues of curves and states. Each hue is tuned apart for
//! dark and light, so that both keep their contrast.

use super::Color;

/// Whether a picture is dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Light marks on dark ground.
    #[default]
    Dark,
    /// Dark marks on white ground.
    Light,
    /// The same for paper and screens of it: marks are so dark that they are there where only black and white are.
    Paper,
}

/// Brightness, of 255, that marks on paper have at most: half of it would be the limit to white.
const PAPER_BRIGHTNESS_MAX: f32 = 100.0;

/// Shades of a hue, from the lightest to the darkest: `super-light-`, `light-`, plain, `semi-dark-`, `dark-`.
type Shades = [u32; 5];

const HUES: [&str; 6] = ["red", "orange", "yellow", "green", "blue", "purple"];
const SHADES: [&str; 5] = ["super-light-", "light-", "", "semi-dark-", "dark-"];

const DARK: [Shades; 6] = [
    [0xffb3ad, 0xfb8a83, 0xf0605d, 0xd84a4b, 0xb5363b],
    [0xffd0a6, 0xffb473, 0xf5923e, 0xdb7a28, 0xb8611a],
    [0xfdeeb2, 0xf8df84, 0xedc84f, 0xd2ab33, 0xad8a20],
    [0xc0ecc4, 0x97dca0, 0x62c073, 0x48a55b, 0x338548],
    [0xc1dcff, 0x93c1fb, 0x5fa0ee, 0x4484d6, 0x326ab4],
    [0xe3cffb, 0xcdaef3, 0xae85e3, 0x926acb, 0x7551aa],
];

const LIGHT: [Shades; 6] = [
    [0xf59c97, 0xe8706b, 0xd2403f, 0xb52f31, 0x942326],
    [0xfbbb85, 0xf09a52, 0xd97716, 0xb9620d, 0x974e08],
    [0xecd27a, 0xdcb743, 0xbf9512, 0xa07b0a, 0x806205],
    [0x98d6a2, 0x63b874, 0x2f9449, 0x227a3a, 0x19612d],
    [0x98c3f7, 0x639fe9, 0x2c76d0, 0x1f60b0, 0x174b8c],
    [0xcfb3f0, 0xb38be3, 0x8a58c8, 0x7244ac, 0x5a358b],
];

/// Hues beside the named ones: teal, pink, olive, slate, clay, grey.
const MORE_DARK: [u32; 6] = [0x58c4c6, 0xe486b9, 0xb9c25a, 0x8a9bd8, 0xd3a078, 0x93a3b4];
const MORE_LIGHT: [u32; 6] = [0x16858a, 0xc2498c, 0x7b8614, 0x4d62b3, 0x9c6330, 0x5d6e80];

/// In which order curves take colours: a hue and its shade; `MORE` in place of a hue takes from the others.
/// Neighbours are told apart without colour vision too.
const CLASSIC: [(usize, usize); 24] = [
    (3, 2),
    (2, 2),
    (4, 2),
    (1, 2),
    (0, 2),
    (5, 2),
    (MORE, 0),
    (MORE, 1),
    (MORE, 2),
    (MORE, 3),
    (MORE, 4),
    (MORE, 5),
    (3, 1),
    (4, 1),
    (1, 4),
    (5, 1),
    (0, 4),
    (2, 4),
    (4, 4),
    (3, 4),
    (0, 1),
    (2, 1),
    (5, 4),
    (1, 1),
];
const MORE: usize = usize::MAX;

/// Stops of the `continuous-*` colour modes, by the names in the mode.
const CONTINUOUS: [(&str, &[&str]); 10] = [
    ("GrYlRd", &["green", "yellow", "red"]),
    ("RdYlGr", &["red", "yellow", "green"]),
    ("BlYlRd", &["dark-blue", "super-light-yellow", "dark-red"]),
    ("YlRd", &["super-light-yellow", "dark-red"]),
    ("BlPu", &["blue", "purple"]),
    ("YlBl", &["super-light-yellow", "dark-blue"]),
    ("blues", &["panel", "dark-blue"]),
    ("reds", &["panel", "dark-red"]),
    ("greens", &["panel", "dark-green"]),
    ("purples", &["panel", "dark-purple"]),
];

impl Theme {
    fn pick(self, dark: u32, light: u32) -> Color {
        Color::rgb(if self == Self::Dark { dark } else { light })
    }

    /// The ground on which panels stand.
    pub(crate) fn ground(self) -> Color {
        self.pick(0x0e1116, 0xf3f4f1)
    }

    /// The ground of a panel.
    pub(crate) fn surface(self) -> Color {
        self.pick(0x151a21, 0xffffff)
    }

    /// Lines around and between things, and tracks of bars.
    pub(crate) fn line(self) -> Color {
        self.pick(0x252d38, 0xe1e3df)
    }

    /// A mark's colour as it is drawn.
    pub(crate) fn printed(self, color: Color) -> Color {
        let brightness = color.brightness();
        if self != Self::Paper || brightness <= PAPER_BRIGHTNESS_MAX {
            return color;
        }
        let black = Color { alpha: color.alpha, ..Color::rgb(0) };
        color.mixed(black, 1.0 - PAPER_BRIGHTNESS_MAX / brightness)
    }

    /// Titles and values.
    pub(crate) fn ink(self) -> Color {
        self.pick(0xe3e7ec, 0x1c232c)
    }

    /// Names.
    pub(crate) fn ink_soft(self) -> Color {
        self.pick(0xa7b1be, 0x4d5967)
    }

    /// What is said in passing: axes, notes.
    pub(crate) fn ink_faint(self) -> Color {
        self.pick(0x9aa5b3, 0x566272)
    }

    /// Errors.
    pub(crate) fn alarm(self) -> Color {
        self.pick(0xf4736d, 0xb3282c)
    }

    /// Lines of a chart's grid.
    pub(crate) fn grid(self) -> Color {
        self.pick(0xa0afc3, 0x28374b).with_alpha(0.11)
    }

    /// The colour of the `index`th curve.
    pub(crate) fn series(self, index: usize) -> Color {
        self.printed(self.classic(index))
    }

    fn classic(self, index: usize) -> Color {
        let Some(&(hue, shade)) = CLASSIC.get(index % CLASSIC.len()) else { return Color::GREY };
        if hue == MORE {
            let more = if self == Self::Dark { MORE_DARK } else { MORE_LIGHT };
            return more.get(shade).map_or(Color::GREY, |&hex| Color::rgb(hex));
        }
        self.shade(hue, shade)
    }

    fn shade(self, hue: usize, shade: usize) -> Color {
        let hues = if self == Self::Dark { DARK } else { LIGHT };
        hues.get(hue).and_then(|shades| shades.get(shade)).map_or(Color::GREY, |&hex| Color::rgb(hex))
    }

    /// A colour by Grafana's name (`semi-dark-red`), or as CSS.
    pub(crate) fn named(self, name: &str) -> Color {
        match name {
            "white" | "panel" => self.hue(name),
            _ => self.printed(self.hue(name)),
        }
    }

    fn hue(self, name: &str) -> Color {
        for (hue, base) in HUES.iter().enumerate() {
            let Some(prefix) = name.strip_suffix(base) else { continue };
            if let Some(shade) = SHADES.iter().position(|known| *known == prefix) {
                return self.shade(hue, shade);
            }
        }
        match name {
            "text" => self.pick(0xdfe3e8, 0x1d2530),
            "white" => Color::rgb(0xff_ffff),
            "black" => Color::rgb(0),
            "gray" | "grey" => self.pick(0x93a3b4, 0x5d6e80),
            "panel" => self.pick(0x1f242c, 0xf1f2f4),
            _ => Color::parse(name),
        }
    }

    /// The stops of a `continuous-*` mode, from the lowest value to the highest.
    pub(crate) fn continuous(self, mode: &str) -> Vec<Color> {
        let id = mode.strip_prefix("continuous-").unwrap_or(mode);
        let known = CONTINUOUS.iter().find(|(name, _)| *name == id);
        let names = known.map_or(&["green", "yellow", "red"][..], |(_, names)| names);
        // Light and dark mean something here.
        names.iter().map(|name| self.hue(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_found_by_name() {
        assert_eq!(Theme::Dark.named("semi-dark-red").to_string(), "#d84a4b");
        assert_eq!(Theme::Light.named("green").to_string(), "#2f9449");
        assert_eq!(Theme::Light.named("#123456").to_string(), "#123456");
        assert_eq!(Theme::Dark.series(6).to_string(), "#58c4c6");
        assert_eq!(Theme::Dark.series(24), Theme::Dark.series(0));
        assert_eq!(Theme::Dark.continuous("continuous-BlPu").len(), 2);
        let limit = PAPER_BRIGHTNESS_MAX + 1.0;
        assert!((0..24).all(|index| Theme::Paper.series(index).brightness() <= limit));
        assert_eq!(Theme::Paper.named("white"), Theme::Light.named("white"));
    }
}
