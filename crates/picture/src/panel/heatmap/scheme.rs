//! Colours of a heatmap's cells: ramps by Grafana's names.

use serde_json::Value as JsonValue;

use crate::{
    json::Json,
    theme::{Color, Theme},
};

/// Five equally spaced stops of a ramp, and whether its first one is so light that it means little.
type Ramp = (&'static str, [u32; 5], bool);

const RAMPS: [Ramp; 20] = [
    ("Oranges", [0xfff5eb, 0xfdd0a2, 0xfd8d3c, 0xd94801, 0x7f2704], true),
    ("Blues", [0xf7fbff, 0xc6dbef, 0x6baed6, 0x2171b5, 0x08306b], true),
    ("Greens", [0xf7fcf5, 0xc7e9c0, 0x74c476, 0x238b45, 0x00441b], true),
    ("Greys", [0xffffff, 0xd9d9d9, 0x969696, 0x525252, 0x000000], true),
    ("Purples", [0xfcfbfd, 0xdadaeb, 0x9e9ac8, 0x6a51a3, 0x3f007d], true),
    ("Reds", [0xfff5f0, 0xfcbba1, 0xfb6a4a, 0xcb181d, 0x67000d], true),
    ("BuGn", [0xf7fcfd, 0xccece6, 0x66c2a4, 0x238b45, 0x00441b], true),
    ("BuPu", [0xf7fcfd, 0xbfd3e6, 0x8c96c6, 0x88419d, 0x4d004b], true),
    ("GnBu", [0xf7fcf0, 0xccebc5, 0x7bccc4, 0x2b8cbe, 0x084081], true),
    ("OrRd", [0xfff7ec, 0xfdd49e, 0xfc8d59, 0xd7301f, 0x7f0000], true),
    ("PuBu", [0xfff7fb, 0xd0d1e6, 0x74a9cf, 0x0570b0, 0x023858], true),
    ("YlGn", [0xffffe5, 0xd9f0a3, 0x78c679, 0x238443, 0x004529], true),
    ("YlGnBu", [0xffffd9, 0xc7e9b4, 0x41b6c4, 0x225ea8, 0x081d58], true),
    ("YlOrRd", [0xffffcc, 0xfed976, 0xfd8d3c, 0xe31a1c, 0x800026], true),
    ("Spectral", [0xd53e4f, 0xfdae61, 0xffffbf, 0x99d594, 0x3288bd], false),
    ("RdYlGn", [0xd73027, 0xfdae61, 0xffffbf, 0xa6d96a, 0x1a9850], false),
    ("Viridis", [0x440154, 0x3b528b, 0x21918c, 0x5ec962, 0xfde725], false),
    ("Magma", [0x000004, 0x51127c, 0xb73779, 0xfc8961, 0xfcfdbf], false),
    ("Inferno", [0x000004, 0x57106e, 0xbc3754, 0xf98e09, 0xfcffa4], false),
    ("Turbo", [0x23171b, 0x26bce1, 0x95fb51, 0xff821d, 0x900c00], false),
];

/// From how much there is of something to a colour.
pub(super) enum Scheme {
    Ramp(Vec<Color>),
    /// One colour, the more of it the more opaque; with the exponent of its share.
    Opacity(Color, f64),
}

impl Scheme {
    pub(super) fn new(color: &JsonValue, theme: Theme) -> Self {
        if color.at("mode").as_str() == Some("opacity") {
            let fill = theme.named(&color.at("fill").text().unwrap_or_else(|| "dark-orange".to_owned()));
            let exponential = color.at("scale").as_str() == Some("exponential");
            let exponent = color.at("exponent").number().filter(|_| exponential);
            return Self::Opacity(fill, exponent.unwrap_or(if exponential { 0.5 } else { 1.0 }));
        }
        let name = color.at("scheme").text_or_empty();
        let found = RAMPS.iter().find(|(own, ..)| *own == name).or(RAMPS.first());
        let (stops, light_first) = found.map_or(([0; 5], false), |(_, stops, light)| (*stops, *light));
        let mut stops: Vec<Color> = stops.into_iter().map(Color::rgb).collect();
        // In the dark little stays dark.
        if (light_first && theme == Theme::Dark) != color.at("reverse").is_true() {
            stops.reverse();
        }
        Self::Ramp(stops)
    }

    /// The colour of a share of 0 to 1.
    pub(super) fn at(&self, share: f64) -> Color {
        match self {
            Self::Ramp(stops) => Color::along(stops, share),
            Self::Opacity(fill, exponent) => {
                fill.with_alpha(share.clamp(0.0, 1.0).powf(*exponent).clamp(0.04, 1.0) as f32)
            }
        }
    }
}
