//! Handlers as routes take them: all of one type. For each type of handler axum makes its services anew, 2 kB of program
//! for every endpoint, and there are two hundred of them.

use std::{marker::PhantomData, pin::Pin, sync::Arc};

use axum::{
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{self, MethodFilter, MethodRouter},
};

/// What answers a request, in time.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Something that answers requests, with a state.
pub(crate) trait Answer<S>: Send + Sync {
    fn answer(&self, request: Request, state: S) -> Answering;
}

/// A handler whose type is forgotten.
pub(crate) struct Erased<S>(Arc<dyn Answer<S>>);

/// A handler with its type and its extractors.
struct Typed<H, T>(H, PhantomData<fn() -> T>);

impl<H: Handler<T, S>, T, S> Answer<S> for Typed<H, T> {
    fn answer(&self, request: Request, state: S) -> Answering {
        Box::pin(self.0.clone().call(request, state))
    }
}

impl<S> Erased<S> {
    pub(crate) fn new(answer: impl Answer<S> + 'static) -> Self {
        Self(Arc::new(answer))
    }

    pub(crate) fn from_handler<H: Handler<T, S>, T: 'static>(handler: H) -> Self
    where
        S: 'static,
    {
        Self::new(Typed(handler, PhantomData))
    }

    pub(crate) fn answer(&self, request: Request, state: S) -> Answering {
        self.0.answer(request, state)
    }
}

impl<S> Clone for Erased<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Send + 'static> Handler<(), S> for Erased<S> {
    type Future = Answering;

    fn call(self, request: Request, state: S) -> Answering {
        self.answer(request, state)
    }
}

/// A route for each method, as axum's of the same name; several make one by [`MethodRouter::merge`].
macro_rules! routes {
    ($($name:ident $method:ident),*) => {$(
        pub(crate) fn $name<H, T, S>(handler: H) -> MethodRouter<S>
        where
            H: Handler<T, S>,
            T: 'static,
            S: Clone + Send + Sync + 'static,
        {
            routing::on(MethodFilter::$method, Erased::from_handler(handler))
        }
    )*};
}

routes!(get GET, post POST, put PUT, patch PATCH, delete DELETE);

/// A route for every method.
pub(crate) fn any<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    routing::any(Erased::from_handler(handler))
}
