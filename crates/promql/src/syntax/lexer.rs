//! The lexer: text to tokens, one at a time.

use model::label::Quoted;

use super::{
    ast::{BinaryOp, Span},
    error::ParseError,
    number,
    token::{Keyword, Token, TokenKind},
};

/// Cuts a text into tokens.
///
/// What a character means depends on where it stands: within braces words are only labels, within brackets
/// only durations and their arithmetic are expected.
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// Offset of the next character.
    pos: usize,
    paren_depth: usize,
    brace_open: bool,
    bracket_open: bool,
    /// After `[` until the first number: the strict alphabet of a duration expression.
    duration_only: bool,
    colon_seen: bool,
    /// A number was seen after some `[`; it is not reset at the next one, as in Prometheus.
    duration_seen: bool,
}

type Lexed<'a> = Result<Token<'a>, ParseError>;

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            pos: 0,
            paren_depth: 0,
            brace_open: false,
            bracket_open: false,
            duration_only: false,
            colon_seen: false,
            duration_seen: false,
        }
    }

    /// The next token; [`TokenKind::End`] again and again at the end.
    pub(super) fn next_token(&mut self) -> Lexed<'a> {
        self.skip_blanks();
        let start = self.pos;
        if self.brace_open {
            self.in_braces(start)
        } else if self.duration_only {
            self.in_duration(start)
        } else {
            self.in_expression(start)
        }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.pos..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.pos += wanted.len_utf8();
        }
        found
    }

    fn eat_while(&mut self, mut accept: impl FnMut(char) -> bool) {
        let rest = self.rest();
        self.pos += rest.find(|c| !accept(c)).unwrap_or(rest.len());
    }

    /// White space and, but for the strict part of a duration expression, comments.
    fn skip_blanks(&mut self) {
        loop {
            self.eat_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
            if self.duration_only || self.peek() != Some('#') {
                return;
            }
            self.eat_while(|c| c != '\n' && c != '\r');
        }
    }

    fn token(&self, kind: TokenKind, start: usize) -> Lexed<'a> {
        let text = self.text.get(start..self.pos).unwrap_or("");
        Ok(Token { kind, text, span: Span { start, end: self.pos } })
    }

    fn operator(&self, op: BinaryOp, start: usize) -> Lexed<'a> {
        self.token(TokenKind::Operator(op), start)
    }

    fn error<T>(&self, start: usize, message: impl Into<String>) -> Result<T, ParseError> {
        let span = Span { start, end: self.text.len() };
        Err(ParseError::new(self.text, span, message.into()))
    }

    fn unexpected(&self, start: usize, found: char, place: &str) -> Lexed<'a> {
        self.error(start, format!("unexpected character{place}: {}", quoted(Some(found))))
    }

    fn in_expression(&mut self, start: usize) -> Lexed<'a> {
        let Some(c) = self.bump() else { return self.end(start) };
        match c {
            ',' => self.token(TokenKind::Comma, start),
            '@' => self.token(TokenKind::At, start),
            '=' | '!' | '<' | '>' => self.comparison(c, start),
            '(' => self.open_paren(start),
            ')' => self.close_paren(start),
            '{' => {
                self.brace_open = true;
                self.token(TokenKind::LeftBrace, start)
            }
            '[' => self.open_bracket(start),
            ']' if !self.bracket_open => self.error(start, "unexpected right bracket ']'"),
            ']' => {
                self.bracket_open = false;
                self.token(TokenKind::RightBracket, start)
            }
            '"' | '\'' => self.string(c, start),
            '`' => self.raw_string(start),
            '.' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => self.unexpected(start, c, ""),
            '.' | '0'..='9' => self.number_or_duration(start),
            ':' | '_' | 'a'..='z' | 'A'..='Z' => self.word(c, start),
            _ => match arithmetic(c) {
                Some(op) => self.operator(op, start),
                None => self.unexpected(start, c, ""),
            },
        }
    }

    fn end(&self, start: usize) -> Lexed<'a> {
        if self.paren_depth > 0 {
            return self.error(start, "unclosed left parenthesis");
        }
        if self.bracket_open {
            return self.error(start, "unclosed left bracket");
        }
        self.token(TokenKind::End, start)
    }

    fn comparison(&mut self, first: char, start: usize) -> Lexed<'a> {
        let op = match (first, self.peek()) {
            ('=', Some('~')) => return self.error(start, "unexpected character after '=': '~'"),
            ('=', Some('=')) => BinaryOp::Equal,
            ('=', _) => return self.token(TokenKind::Assign, start),
            ('!', Some('=')) => BinaryOp::NotEqual,
            ('!', other) => {
                return self.error(start, format!("unexpected character after '!': {}", quoted(other)));
            }
            ('<', Some('=')) => BinaryOp::LessEqual,
            ('<', Some('/')) => BinaryOp::TrimUpper,
            ('<', _) => return self.operator(BinaryOp::Less, start),
            (_, Some('=')) => BinaryOp::GreaterEqual,
            (_, Some('/')) => BinaryOp::TrimLower,
            _ => return self.operator(BinaryOp::Greater, start),
        };
        self.bump();
        self.operator(op, start)
    }

    fn open_paren(&mut self, start: usize) -> Lexed<'a> {
        self.paren_depth += 1;
        self.token(TokenKind::LeftParen, start)
    }

    fn close_paren(&mut self, start: usize) -> Lexed<'a> {
        let Some(depth) = self.paren_depth.checked_sub(1) else {
            return self.error(self.pos, "unexpected right parenthesis ')'");
        };
        self.paren_depth = depth;
        self.token(TokenKind::RightParen, start)
    }

    fn open_bracket(&mut self, start: usize) -> Lexed<'a> {
        if self.bracket_open {
            return self.error(start, "unexpected left bracket '['");
        }
        self.bracket_open = true;
        self.duration_only = true;
        self.colon_seen = false;
        self.token(TokenKind::LeftBracket, start)
    }

    /// A keyword or a name; within brackets only `:` and the words of duration expressions.
    fn word(&mut self, first: char, start: usize) -> Lexed<'a> {
        if self.bracket_open {
            return self.word_in_brackets(first, start);
        }
        self.eat_while(|c| is_alphanumeric(c) || c == ':');
        let kind = TokenKind::of_word(self.text.get(start..self.pos).unwrap_or(""));
        // These three are names unless a parenthesis follows, so that older queries keep their meaning.
        let fills = [Keyword::Fill, Keyword::FillLeft, Keyword::FillRight].map(TokenKind::Keyword);
        if fills.contains(&kind) && !self.rest().trim_start_matches([' ', '\t', '\n', '\r']).starts_with('(')
        {
            return self.token(TokenKind::Identifier, start);
        }
        self.token(kind, start)
    }

    fn word_in_brackets(&mut self, first: char, start: usize) -> Lexed<'a> {
        if first == ':' {
            if self.colon_seen {
                return self.error(start, "unexpected colon ':'");
            }
            self.colon_seen = true;
            return self.token(TokenKind::Colon, start);
        }
        match self.duration_keyword(start) {
            Some(kind) => self.token(kind, start),
            None => self.error(start, format!("unexpected character: {}, expected ':'", quoted(Some(first)))),
        }
    }

    /// `step`, `range`, `min_of` or `max_of`, the first letter of which has been read.
    fn duration_keyword(&mut self, start: usize) -> Option<TokenKind> {
        self.eat_while(is_alpha);
        let word = self.text.get(start..self.pos)?;
        let keyword = TokenKind::keyword(word)?;
        let allowed = [Keyword::Step, Keyword::Range, Keyword::MinOf, Keyword::MaxOf];
        allowed.contains(&keyword).then_some(TokenKind::Keyword(keyword))
    }

    fn in_duration(&mut self, start: usize) -> Lexed<'a> {
        let Some(c) = self.bump() else {
            return self.error(start, "unexpected end of input in duration expression");
        };
        match c {
            ']' => {
                self.bracket_open = false;
                self.duration_only = false;
                self.colon_seen = false;
                self.token(TokenKind::RightBracket, start)
            }
            ':' if !self.duration_seen => {
                self.error(self.pos, "unexpected colon before duration in duration expression")
            }
            ':' if self.colon_seen => {
                self.error(self.pos, "unexpected repeated colon in duration expression")
            }
            ':' => {
                self.colon_seen = true;
                self.token(TokenKind::Colon, start)
            }
            '(' => self.open_paren(start),
            ')' => self.close_paren(start),
            ',' => self.token(TokenKind::Comma, start),
            '0'..='9' => self.first_duration(start),
            '.' if self.peek().is_some_and(|c| c.is_ascii_digit()) => self.first_duration(start),
            _ => match arithmetic(c).map(TokenKind::Operator).or_else(|| self.duration_keyword(start)) {
                Some(kind) => self.token(kind, start),
                None => self.unexpected(start, c, " in duration expression"),
            },
        }
    }

    fn first_duration(&mut self, start: usize) -> Lexed<'a> {
        self.duration_only = false;
        self.duration_seen = true;
        self.number_or_duration(start)
    }

    fn number_or_duration(&mut self, start: usize) -> Lexed<'a> {
        let (kind, len) = number::scan(self.text.get(start..).unwrap_or(""));
        self.pos = start + len;
        match kind {
            Some(number::Literal::Number) => self.token(TokenKind::Number, start),
            Some(number::Literal::Duration) => self.token(TokenKind::Duration, start),
            None => {
                let text = Quoted(self.text.get(start..self.pos).unwrap_or(""));
                self.error(start, format!("bad number or duration syntax: {text}"))
            }
        }
    }

    fn in_braces(&mut self, start: usize) -> Lexed<'a> {
        let Some(c) = self.bump() else {
            return self.error(start, "unexpected end of input inside braces");
        };
        match c {
            ',' => self.token(TokenKind::Comma, start),
            '"' | '\'' => self.string(c, start),
            '`' => self.raw_string(start),
            '=' if self.eat('~') => self.token(TokenKind::EqualRegex, start),
            '=' => self.token(TokenKind::Assign, start),
            '!' if self.eat('~') => self.token(TokenKind::NotEqualRegex, start),
            '!' if self.eat('=') => self.operator(BinaryOp::NotEqual, start),
            '!' => {
                let found = quoted(self.peek());
                self.error(start, format!("unexpected character after '!' inside braces: {found}"))
            }
            '{' => self.error(start, "unexpected left brace '{'"),
            '}' => {
                self.brace_open = false;
                self.token(TokenKind::RightBrace, start)
            }
            c if is_alpha(c) => {
                self.eat_while(is_alphanumeric);
                self.token(TokenKind::Identifier, start)
            }
            _ => self.unexpected(start, c, " inside braces"),
        }
    }

    fn string(&mut self, quote: char, start: usize) -> Lexed<'a> {
        loop {
            match self.bump() {
                Some('\\') => self.escape(quote, start)?,
                Some(char::REPLACEMENT_CHARACTER) => return self.error(start, "invalid UTF-8 rune"),
                None | Some('\n') => return self.error(start, "unterminated quoted string"),
                Some(c) if c == quote => return self.token(TokenKind::String, start),
                Some(_) => {}
            }
        }
    }

    fn raw_string(&mut self, start: usize) -> Lexed<'a> {
        loop {
            match self.bump() {
                Some(char::REPLACEMENT_CHARACTER) => return self.error(start, "invalid UTF-8 rune"),
                None => return self.error(start, "unterminated raw string"),
                Some('`') => return self.token(TokenKind::String, start),
                Some(_) => {}
            }
        }
    }

    /// An escape sequence, of which the backslash has been read.
    fn escape(&mut self, quote: char, start: usize) -> Result<(), ParseError> {
        let not_terminated = "escape sequence not terminated";
        let Some(c) = self.peek() else { return self.error(start, not_terminated) };
        let (digits, base, max) = match c {
            _ if c == quote || "abfnrtv\\".contains(c) => {
                self.bump();
                return Ok(());
            }
            '0'..='7' => (3, 8, 255),
            'x' => (2, 16, 255),
            'u' => (4, 16, u32::from(char::MAX)),
            'U' => (8, 16, u32::from(char::MAX)),
            _ => return self.error(start, format!("unknown escape sequence {}", code_point(c))),
        };
        if base == 16 {
            self.bump();
        }
        let mut value = 0u32;
        for _ in 0..digits {
            let Some(c) = self.bump() else { return self.error(start, not_terminated) };
            let Some(digit) = c.to_digit(base) else {
                let message = format!("illegal character {} in escape sequence", code_point(c));
                return self.error(start, message);
            };
            value = value.wrapping_mul(base).wrapping_add(digit);
        }
        if value > max || (0xD800..0xE000).contains(&value) {
            return self.error(start, "escape sequence is an invalid Unicode code point");
        }
        Ok(())
    }
}

fn arithmetic(c: char) -> Option<BinaryOp> {
    Some(match c {
        '+' => BinaryOp::Add,
        '-' => BinaryOp::Sub,
        '*' => BinaryOp::Mul,
        '/' => BinaryOp::Div,
        '%' => BinaryOp::Mod,
        '^' => BinaryOp::Pow,
        _ => return None,
    })
}

fn is_alpha(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

fn is_alphanumeric(c: char) -> bool {
    is_alpha(c) || c.is_ascii_digit()
}

/// A character in single quotes, escaped as in Go; the end of the text is the replacement character there.
fn quoted(c: Option<char>) -> String {
    match c.unwrap_or(char::REPLACEMENT_CHARACTER) {
        '\'' => r"'\''".to_owned(),
        '"' => "'\"'".to_owned(),
        c => Quoted(c.encode_utf8(&mut [0; 4])).to_string().replace('"', "'"),
    }
}

/// `U+0063 'c'`
fn code_point(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    if c.is_control() { number } else { format!("{number} '{c}'") }
}
