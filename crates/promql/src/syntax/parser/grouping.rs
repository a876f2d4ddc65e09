//! Lists of labels in parentheses: of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`.

use model::label::{Quoted, is_label_name};

use super::{
    super::{quote::unquote, token::TokenKind},
    Claim, Parsed, Parser,
};

impl Parser<'_> {
    pub(super) fn grouping_labels(&mut self) -> Parsed<Vec<Box<str>>> {
        self.expect(TokenKind::LeftParen).within("grouping opts", "\"(\"")?;
        let mut labels = Vec::new();
        // A comma after the last label is allowed.
        while self.take_if(TokenKind::RightParen)?.is_none() {
            labels.push(self.grouping_label().within("grouping opts", "label")?);
            if self.take_if(TokenKind::Comma)?.is_none() {
                self.expect(TokenKind::RightParen).within("grouping opts", "\",\" or \")\"")?;
                break;
            }
        }
        Ok(labels)
    }

    fn grouping_label(&mut self) -> Parsed<Box<str>> {
        let token = self.peek()?;
        let name = match token.kind {
            TokenKind::String => unquote(token.text),
            kind if kind.names_label() => token.text.into(),
            _ => return self.unexpected(),
        };
        self.take()?;
        if !is_label_name(&name) {
            return self.fail(token.span, format!("invalid label name for grouping: {}", Quoted(&name)));
        }
        Ok(name)
    }
}
