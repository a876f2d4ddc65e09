//! `notifications` and `notifications/live`: what to know about the process, now and as it changes.

use std::{
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{Prometheus, answer};
use crate::{
    json::{Object, write_array, write_moment},
    notification::{Notification, Notifications, Subscription},
};

pub(super) async fn list(State(state): State<Prometheus>) -> Response {
    answer::success(|out| write_array(out, state.notifications.active(), |out, n| write(out, &n)))
}

/// An event for each change, as browsers' `EventSource` reads them; 204 where there are too many readers.
pub(super) async fn live(State(state): State<Prometheus>) -> Response {
    let Some(events) = Events::subscribe(&state.notifications) else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let headers = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")];
    (headers, Body::new(events)).into_response()
}

fn write(out: &mut String, notification: &Notification) {
    let mut object = Object::new(out);
    object.str("text", notification.text);
    write_moment(object.field("date"), Some(notification.at_ms));
    object.plain("active", notification.active).end();
}

type Next = Pin<Box<dyn Future<Output = (Result<Notification, RecvError>, Receiver<Notification>)> + Send>>;

struct Events {
    first: VecDeque<Notification>,
    next: Next,
}

impl Events {
    fn subscribe(notifications: &Notifications) -> Option<Self> {
        let Subscription { active, changes } = notifications.subscribe()?;
        Some(Self { first: active.into(), next: receive(changes) })
    }
}

fn receive(mut changes: Receiver<Notification>) -> Next {
    Box::pin(async move { (changes.recv().await, changes) })
}

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        loop {
            if let Some(notification) = self.first.pop_front() {
                let mut event = String::from("data: ");
                write(&mut event, &notification);
                event.push_str("\n\n");
                return Poll::Ready(Some(Ok(Frame::data(event.into()))));
            }
            let (received, changes) = ready!(self.next.as_mut().poll(cx));
            match received {
                Ok(notification) => self.first.push_back(notification),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Poll::Ready(None),
            }
            self.next = receive(changes);
        }
    }
}
