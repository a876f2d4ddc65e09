//! Service accounts and their tokens as they are listed and changed.

use super::{AccountError, Accounts, Role, ServiceAccount, ServiceAccountChange, Token, token};

impl Accounts {
    /// All service accounts with their tokens, oldest first.
    pub fn service_accounts(&self) -> Vec<(ServiceAccount, Vec<Token>)> {
        let directory = self.directory();
        let records = directory.service_accounts.iter();
        let tokens = |tokens: &[_]| {
            tokens.iter().map(|record: &super::service_account::TokenRecord| record.token.clone()).collect()
        };
        records.map(|record| (record.account.clone(), tokens(&record.tokens))).collect()
    }

    /// A service account with its tokens.
    ///
    /// # Errors
    /// When there is none.
    pub fn service_account(&self, id: u64) -> Result<(ServiceAccount, Vec<Token>), AccountError> {
        let all = self.service_accounts();
        let found = all.into_iter().find(|(account, _)| account.id == id);
        found.ok_or(AccountError::Missing { what: "service account" })
    }

    /// Makes a service account.
    ///
    /// # Errors
    /// When the name is taken or cannot be stored.
    pub fn create_service_account(
        &self,
        name: &str,
        role: Role,
        is_disabled: bool,
    ) -> Result<ServiceAccount, AccountError> {
        let now_ms = self.clock.now_ms();
        self.change(|directory| directory.create_service_account(name, role, is_disabled, now_ms))
    }

    /// Changes a service account.
    ///
    /// # Errors
    /// When there is none, or the name cannot be stored.
    pub fn change_service_account(
        &self,
        id: u64,
        change: ServiceAccountChange,
    ) -> Result<ServiceAccount, AccountError> {
        self.change(|directory| directory.change_service_account(id, change))
    }

    /// Deletes a service account with its tokens.
    ///
    /// # Errors
    /// When there is none.
    pub fn delete_service_account(&self, id: u64) -> Result<(), AccountError> {
        let (_, tokens) = self.service_account(id)?;
        self.change(|directory| directory.delete_service_account(id))?;
        self.forget(&tokens.iter().map(|token| token.id).collect::<Vec<_>>());
        Ok(())
    }

    /// Makes a token; the second value is what a program sends, which is kept nowhere.
    ///
    /// # Errors
    /// When there is no such account, or the name is taken or cannot be stored.
    pub fn create_token(
        &self,
        account_id: u64,
        name: &str,
        seconds_to_live: Option<u64>,
    ) -> Result<(Token, String), AccountError> {
        let key = token::new_key().map_err(AccountError::Random)?;
        let secret = token::digest(&key);
        let now_ms = self.clock.now_ms();
        let after_ms = seconds_to_live.map(|s| i64::try_from(s).unwrap_or(i64::MAX).saturating_mul(1_000));
        let expires_ms = after_ms.map(|after_ms| now_ms.saturating_add(after_ms));
        let token =
            self.change(|directory| directory.add_token(account_id, name, &secret, now_ms, expires_ms))?;
        Ok((token, key))
    }

    /// Deletes a token of a service account.
    ///
    /// # Errors
    /// When there is no such account or token.
    pub fn delete_token(&self, account_id: u64, token_id: u64) -> Result<(), AccountError> {
        self.change(|directory| directory.delete_token(account_id, token_id))?;
        self.forget(&[token_id]);
        Ok(())
    }

    /// Whether a token opens nothing any more.
    pub fn has_expired(&self, token: &Token) -> bool {
        token.has_expired(self.clock.now_ms())
    }
}
