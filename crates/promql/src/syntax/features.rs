//! The switches of `--enable-feature` that change what the parser accepts.

/// Which experimental parts of the language are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// `promql-experimental-functions`
    pub experimental_functions: bool,
    /// `promql-duration-expr`
    pub duration_expr: bool,
    /// `promql-extended-range-selectors`: `anchored` and `smoothed`.
    pub extended_range_selectors: bool,
    /// `promql-binop-fill-modifiers`: `fill`, `fill_left` and `fill_right`.
    pub binop_fill_modifiers: bool,
}

impl Features {
    /// The stable language.
    pub const NONE: Self = Self {
        experimental_functions: false,
        duration_expr: false,
        extended_range_selectors: false,
        binop_fill_modifiers: false,
    };

    /// Everything.
    pub const ALL: Self = Self {
        experimental_functions: true,
        duration_expr: true,
        extended_range_selectors: true,
        binop_fill_modifiers: true,
    };

    /// Switches on what `--enable-feature` calls `name`; false when that is nothing of the parser's.
    pub fn enable(&mut self, name: &str) -> bool {
        let switch = match name {
            "promql-experimental-functions" => &mut self.experimental_functions,
            "promql-duration-expr" => &mut self.duration_expr,
            "promql-extended-range-selectors" => &mut self.extended_range_selectors,
            "promql-binop-fill-modifiers" => &mut self.binop_fill_modifiers,
            _ => return false,
        };
        *switch = true;
        true
    }
}
