//! Reads the files `conformance/api/*.case`: a request, its form if it has one, and the answer to the byte.
//!
//! ```text
//! # A comment.
//! POST /api/v1/query
//! query=1&time=2
//! 200 application/json
//! {"status":"success","data":{"resultType":"scalar","result":[2,"1"]}}
//! ```

use std::{fs, path::PathBuf};

use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{Request, Response, header};
use tower_service::Service;

#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) form: Option<String>,
    /// Status and content type, then the body without line breaks at its end.
    pub(crate) answer: String,
}

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../conformance/api")
}

pub(crate) fn read_all() -> Vec<Case> {
    let mut files: Vec<_> = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "case"));
    files.sort();
    assert!(!files.is_empty());
    files.iter().flat_map(|path| read(&fs::read_to_string(path).unwrap())).collect()
}

fn read(text: &str) -> Vec<Case> {
    let blocks = text.split("\n\n").map(|block| {
        let mut lines = block.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>();
        lines.retain(|line| !line.is_empty());
        lines
    });
    blocks.filter(|lines| !lines.is_empty()).map(|lines| case(&lines)).collect()
}

fn case(lines: &[&str]) -> Case {
    let (method, path) = lines[0].split_once(' ').unwrap();
    let has_form = !lines[1].starts_with(|c: char| c.is_ascii_digit());
    let answer = if has_form { &lines[2..] } else { &lines[1..] };
    Case {
        method: method.to_owned(),
        path: path.to_owned(),
        form: has_form.then(|| lines[1].to_owned()),
        answer: answer.join("\n"),
    }
}

impl Case {
    pub(crate) fn request(&self) -> Request<Body> {
        let request = Request::builder().method(self.method.as_str()).uri(&self.path);
        match &self.form {
            Some(form) => request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(form.clone()))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        }
    }
}

/// Fails with all cases whose answer is another one.
pub(crate) fn compare(cases: &[Case], answers: impl IntoIterator<Item = String>) {
    let pairs = cases.iter().zip(answers).filter(|(case, answer)| case.answer != *answer);
    let wrong: Vec<_> = pairs
        .map(|(Case { method, path, answer: expected, .. }, answer)| {
            format!("{method} {path}\n expected {expected}\n got      {answer}")
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} cases\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// The answer of a router as the case files write it.
pub(crate) async fn answer(router: &Router, request: Request<Body>) -> String {
    let response = send(router, request).await;
    let status = response.status().as_u16();
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let content_type = content_type.map_or("-", |v| v.to_str().unwrap()).to_owned();
    format!("{status} {content_type}\n{}", text(response).await).trim_end().to_owned()
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().call(request).await.unwrap()
}

pub(crate) async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}
