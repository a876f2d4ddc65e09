//! Questions to parts by HTTP, and what the Prometheus API answers.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use http::{HeaderMap, Uri};
use model::percent;
use net::client::{Client, Request};
use serde::{Deserialize, de::DeserializeOwned};

use crate::Error;

const TIMEOUT: Duration = Duration::from_secs(10);
/// No answer here has a tenth of it.
const BODY_BYTES_MAX: u64 = 4 << 20;

/// Asks one part.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    client: Client,
    address: SocketAddr,
}

/// A target as the API tells it. The cause and the cure are Gnomon's.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TargetAnswer {
    pub labels: BTreeMap<String, String>,
    pub health: String,
    pub last_error: String,
    #[serde(default)]
    pub cause: String,
    #[serde(default)]
    pub cure: String,
}

#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<TargetAnswer>,
}

#[derive(Deserialize)]
struct Vector {
    result: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    metric: BTreeMap<String, String>,
    value: (f64, String),
}

#[derive(Deserialize)]
struct BuildInfo {
    version: String,
}

impl Asker {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { client: Client::default(), address }
    }

    /// Whether the answer has status 200.
    pub(crate) async fn answers(&self, path: &str) -> bool {
        self.get(path).await.is_ok()
    }

    /// The targets that are scraped.
    pub(crate) async fn targets(&self) -> Result<Vec<TargetAnswer>, Error> {
        let answer: Answer<Targets> = self.json("/api/v1/targets?state=active").await?;
        Ok(answer.data.active_targets)
    }

    /// An instant query that gives a vector: labels and value of each element.
    pub(crate) async fn query(
        &self,
        expression: &str,
    ) -> Result<Vec<(BTreeMap<String, String>, f64)>, Error> {
        let path = format!("/api/v1/query?query={}", percent::encode(expression));
        let answer: Answer<Vector> = self.json(&path).await?;
        let malformed = || Error::Answer { path: path.clone(), source: None };
        let value = |element: Element| Some((element.metric, element.value.1.parse().ok()?));
        answer.data.result.into_iter().map(value).collect::<Option<_>>().ok_or_else(malformed)
    }

    /// The program's version. Gnomon tells that of the Prometheus it is like, and its own behind it.
    pub(crate) async fn version(&self) -> Result<String, Error> {
        let answer: Answer<BuildInfo> = self.json("/api/v1/status/buildinfo").await?;
        let version = answer.data.version;
        Ok(version.split_once("+gnomon.").map_or(version.clone(), |(_, own)| own.to_owned()))
    }

    async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let body = self.get(path).await?;
        serde_json::from_slice(&body).map_err(|e| Error::Answer { path: path.to_owned(), source: Some(e) })
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, Error> {
        let malformed = |_| Error::Answer { path: path.to_owned(), source: None };
        let url: Uri = format!("http://{}{path}", self.address).parse().map_err(malformed)?;
        let headers = HeaderMap::new();
        let request =
            Request { url: &url, headers: &headers, timeout: TIMEOUT, body_bytes_max: BODY_BYTES_MAX };
        let mut body = Vec::new();
        let mut take = |piece: &[u8]| {
            body.extend_from_slice(piece);
            true
        };
        let answered = self.client.get(&request, &mut take).await;
        answered.map_err(|source| Error::Ask { path: path.to_owned(), source })?;
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_with_and_without_a_cure() {
        let text = r#"{"status":"success","data":{"activeTargets":[
            {"labels":{"job":"a"},"health":"down","lastError":"e","cause":"c","cure":"d","scrapeUrl":"u"},
            {"labels":{"job":"b"},"health":"up","lastError":""}],"droppedTargets":[]}}"#;
        let answer: Answer<Targets> = serde_json::from_str(text).unwrap();
        let cures: Vec<_> = answer.data.active_targets.iter().map(|target| target.cure.as_str()).collect();
        assert_eq!(cures, ["d", ""]);
    }
}
