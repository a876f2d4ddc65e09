//! Service accounts: what programs log in as, with tokens in place of a password.

use serde::{Deserialize, Serialize};

use super::{
    AccountError, LoginError, Role,
    directory::Directory,
    token::{self, SecretDigest},
    user::{NAME_MAX, check_text},
};

/// Accounts; each takes some 200 bytes.
const ACCOUNTS_MAX: usize = 200;
/// Tokens of an account; each takes some 200 bytes.
const TOKENS_MAX: usize = 50;

/// A program that may log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceAccount {
    /// No user has it, and none will.
    pub id: u64,
    /// What people call it.
    pub name: String,
    /// What it appears as where users do: `sa-1-` and the name.
    pub login: String,
    /// What it may do.
    pub role: Role,
    /// Tokens of a disabled account open nothing.
    pub is_disabled: bool,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: i64,
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Token {
    /// Given once and never again.
    pub id: u64,
    /// What people call it.
    pub name: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub created_ms: i64,
    /// From when on it opens nothing, likewise; `None` is never.
    pub expires_ms: Option<i64>,
}

impl Token {
    /// Whether it opens nothing any more.
    pub fn has_expired(&self, now_ms: i64) -> bool {
        self.expires_ms.is_some_and(|expires_ms| expires_ms <= now_ms)
    }
}

/// What is changed about a service account; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAccountChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it may do.
    pub role: Option<Role>,
    /// Whether its tokens open nothing.
    pub is_disabled: Option<bool>,
}

/// A service account as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct AccountRecord {
    pub(super) account: ServiceAccount,
    #[serde(default)]
    pub(super) tokens: Vec<TokenRecord>,
}

/// A token as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct TokenRecord {
    pub(super) token: Token,
    secret_sha256: String,
}

impl TokenRecord {
    /// Bytes of its texts.
    pub(super) fn heap_bytes(&self) -> usize {
        self.token.name.capacity() + self.secret_sha256.capacity()
    }
}

const NO_ACCOUNT: AccountError = AccountError::Missing { what: "service account" };

impl Directory {
    /// The record of a service account.
    pub(super) fn service_account(&self, id: u64) -> Result<&AccountRecord, AccountError> {
        self.service_accounts.iter().find(|record| record.account.id == id).ok_or(NO_ACCOUNT)
    }

    fn service_account_mut(&mut self, id: u64) -> Result<&mut AccountRecord, AccountError> {
        self.service_accounts.iter_mut().find(|record| record.account.id == id).ok_or(NO_ACCOUNT)
    }

    /// Makes a service account.
    pub(super) fn create_service_account(
        &mut self,
        name: &str,
        role: Role,
        is_disabled: bool,
        now_ms: i64,
    ) -> Result<ServiceAccount, AccountError> {
        let name = checked_name(name)?;
        let login = format!("sa-1-{}", name.to_lowercase().replace(char::is_whitespace, "-"));
        if self.service_accounts.iter().any(|record| record.account.login == login) {
            return Err(AccountError::Taken { what: "service account", name });
        }
        if self.service_accounts.len() >= ACCOUNTS_MAX {
            return Err(AccountError::Full { what: "service accounts", limit: ACCOUNTS_MAX });
        }
        let id = self.take_id();
        let account = ServiceAccount { id, name, login, role, is_disabled, created_ms: now_ms };
        self.service_accounts.push(AccountRecord { account: account.clone(), tokens: Vec::new() });
        Ok(account)
    }

    /// Changes a service account.
    pub(super) fn change_service_account(
        &mut self,
        id: u64,
        change: ServiceAccountChange,
    ) -> Result<ServiceAccount, AccountError> {
        let name = change.name.as_deref().map(checked_name).transpose()?;
        let account = &mut self.service_account_mut(id)?.account;
        account.name = name.unwrap_or_else(|| account.name.clone());
        account.role = change.role.unwrap_or(account.role);
        account.is_disabled = change.is_disabled.unwrap_or(account.is_disabled);
        Ok(account.clone())
    }

    /// Deletes a service account with its tokens.
    pub(super) fn delete_service_account(&mut self, id: u64) -> Result<(), AccountError> {
        self.service_account(id)?;
        self.service_accounts.retain(|record| record.account.id != id);
        Ok(())
    }

    /// Adds a token to a service account.
    pub(super) fn add_token(
        &mut self,
        account_id: u64,
        name: &str,
        secret: &SecretDigest,
        created_ms: i64,
        expires_ms: Option<i64>,
    ) -> Result<Token, AccountError> {
        let name = checked_name(name)?;
        let id = self.take_id();
        let tokens = &mut self.service_account_mut(account_id)?.tokens;
        if tokens.iter().any(|record| record.token.name == name) {
            return Err(AccountError::Taken { what: "service account token", name });
        }
        if tokens.len() >= TOKENS_MAX {
            return Err(AccountError::Full { what: "tokens of this service account", limit: TOKENS_MAX });
        }
        let token = Token { id, name, created_ms, expires_ms };
        tokens.push(TokenRecord { token: token.clone(), secret_sha256: token::hex(secret) });
        Ok(token)
    }

    /// Deletes a token.
    pub(super) fn delete_token(&mut self, account_id: u64, token_id: u64) -> Result<(), AccountError> {
        let tokens = &mut self.service_account_mut(account_id)?.tokens;
        let before = tokens.len();
        tokens.retain(|record| record.token.id != token_id);
        if tokens.len() < before {
            Ok(())
        } else {
            Err(AccountError::Missing { what: "service account token" })
        }
    }

    /// The account that a token opens, and the token's id.
    pub(super) fn open_token(&self, key: &str, now_ms: i64) -> Result<(&ServiceAccount, u64), LoginError> {
        if !token::is_key(key) {
            return Err(LoginError::InvalidToken);
        }
        let secret = token::hex(&token::digest(key));
        let able = self.service_accounts.iter().filter(|record| !record.account.is_disabled);
        let mut tokens = able.flat_map(|record| record.tokens.iter().map(move |token| (record, token)));
        let found = tokens.find(|(_, token)| token.secret_sha256 == secret);
        let (record, TokenRecord { token, .. }) = found.ok_or(LoginError::InvalidToken)?;
        if token.has_expired(now_ms) {
            Err(LoginError::ExpiredToken)
        } else {
            Ok((&record.account, token.id))
        }
    }
}

fn checked_name(name: &str) -> Result<String, AccountError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(AccountError::Invalid { field: "name", why: "it is empty" });
    }
    check_text("name", name, NAME_MAX)?;
    Ok(name.to_owned())
}
