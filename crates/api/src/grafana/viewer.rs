//! Who sent a request, and what that allows.

use std::pin::Pin;

use axum::{
    extract::{Request, State},
    middleware::{self, FromFnLayer, Next},
    response::{IntoResponse, Response},
};
use dashboard::{Role, ServiceAccount, User};

use super::request::Refusal;

/// Who sent a request: an extension of every request behind [`super::behind_login`] and
/// [`super::let_everyone_view`].
#[derive(Clone, Debug)]
pub(crate) enum Viewer {
    /// Somebody where nobody is asked.
    Anonymous,
    /// Somebody who logged in.
    User(User),
    /// A program with a token.
    ServiceAccount(ServiceAccount),
}

impl Viewer {
    /// What the viewer may do.
    pub(crate) fn role(&self) -> Role {
        match self {
            Self::Anonymous => Role::Viewer,
            Self::User(user) => user.role,
            Self::ServiceAccount(account) => account.role,
        }
    }

    /// The login; empty for nobody.
    pub(crate) fn login(&self) -> &str {
        match self {
            Self::Anonymous => "",
            Self::User(user) => &user.login,
            Self::ServiceAccount(account) => &account.login,
        }
    }

    /// The number of the user or service account, which no other has; 0 for nobody.
    pub(crate) fn id(&self) -> u64 {
        match self {
            Self::Anonymous => 0,
            Self::User(user) => user.id,
            Self::ServiceAccount(account) => account.id,
        }
    }

    /// The answer to somebody who may not do something, `None` to those who may.
    pub(crate) fn refusal(&self, needed: Role) -> Option<Response> {
        if self.role() >= needed {
            return None;
        }
        Some(self.denied(needed.as_str()))
    }

    /// Whether the viewer may change users.
    pub(crate) fn is_server_admin(&self) -> bool {
        matches!(self, Self::User(user) if user.is_server_admin)
    }

    /// 401 for nobody, else 403 as Grafana words it.
    pub(super) fn denied(&self, needed: &str) -> Response {
        Refusal::denied(self, needed).into_response()
    }
}

/// The layer that [`at_least`] makes.
pub(crate) type AtLeast = FromFnLayer<CheckRole, Role, (State<Role>, Request)>;
type CheckRole = fn(State<Role>, Request, Next) -> Checked;
type Checked = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A layer for routes that need a role: `post(create).route_layer(at_least(Role::Editor))`. Others are answered
/// with 403, and with 401 when nobody is logged in.
pub(crate) fn at_least(role: Role) -> AtLeast {
    middleware::from_fn_with_state(role, check as CheckRole)
}

fn check(State(needed): State<Role>, request: Request, next: Next) -> Checked {
    Box::pin(async move {
        let viewer = request.extensions().get::<Viewer>().unwrap_or(&Viewer::Anonymous);
        match viewer.refusal(needed) {
            Some(refusal) => refusal,
            None => next.run(request).await,
        }
    })
}

/// Lets those pass who may change users.
pub(super) async fn server_admins(request: Request, next: Next) -> Response {
    let viewer = request.extensions().get::<Viewer>().unwrap_or(&Viewer::Anonymous);
    if viewer.is_server_admin() { next.run(request).await } else { viewer.denied("server administrator") }
}

/// Lets those pass who have logged in, programs included.
pub(super) async fn somebody(request: Request, next: Next) -> Response {
    match request.extensions().get::<Viewer>().unwrap_or(&Viewer::Anonymous) {
        nobody @ Viewer::Anonymous => nobody.denied(""),
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, routing::get};
    use http::StatusCode;
    use tower_service::Service;

    use super::*;

    #[tokio::test]
    async fn a_route_is_for_those_who_have_the_role() {
        let router = Router::new().route("/", get(async || "done").route_layer(at_least(Role::Editor)));
        let viewers = [
            (Viewer::Anonymous, StatusCode::UNAUTHORIZED),
            (Viewer::User(User::new(2, "v", Role::Viewer)), StatusCode::FORBIDDEN),
            (Viewer::User(User::new(3, "e", Role::Editor)), StatusCode::OK),
            (Viewer::User(User::new(1, "a", Role::Admin)), StatusCode::OK),
        ];
        for (viewer, expected) in viewers {
            let mut request = Request::new(Body::empty());
            request.extensions_mut().insert(viewer);
            assert_eq!(router.clone().call(request).await.unwrap().status(), expected);
        }
        let unknown = router.clone().call(Request::new(Body::empty())).await.unwrap();
        assert_eq!(unknown.status(), StatusCode::UNAUTHORIZED);
    }
}
