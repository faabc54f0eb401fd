//! The HTTP client: what it trusts, how long it waits, and where redirects may lead.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use ureq::http::{Response, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Proxy};

use super::transfer::Trouble;

/// As many as browsers follow, by a wide margin more than any of our sources needs.
const REDIRECTS: usize = 10;

/// How much trouble is borne.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    /// Failures in a row, without getting any further between them.
    pub(crate) failures: u32,
    /// The first pause; each next one is twice as long, up to half a minute, and all are shortened by chance.
    pub(crate) pause: Duration,
    /// How long a server may say nothing.
    pub(crate) silence: Duration,
}

impl Patience {
    pub(crate) const USUAL: Patience = Patience {
        failures: 6,
        pause: Duration::from_secs(1),
        silence: Duration::from_secs(30),
    };
}

/// Where connections without encryption are borne.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Plain {
    /// Anywhere: somebody else has chosen the address, and a hash from there judges what comes.
    Anywhere,
    Nowhere,
    /// On 127.0.0.1, for the tests' own servers.
    Loopback,
}

/// A client and its rules.
pub(crate) struct Client {
    agent: Agent,
    plain: Plain,
}

impl Client {
    /// Trusts what the system trusts (or what pip is told to trust, by `PIP_CERT`) and takes `proxy`, or the proxies
    /// of the environment.
    pub(crate) fn new(patience: &Patience, plain: Plain, proxy: Option<&str>) -> Result<Client> {
        let roots = match env::var_os("PIP_CERT").filter(|path| !path.is_empty()) {
            None => RootCerts::PlatformVerifier,
            Some(path) => {
                let path = PathBuf::from(path);
                let named = || format!("PIP_CERT names {}, which is not readable", path.display());
                let pem = fs::read(&path).with_context(named)?;
                let certificates = parse_pem(&pem).filter_map(|item| match item {
                    Ok(PemItem::Certificate(certificate)) => Some(certificate),
                    _ => None,
                });
                RootCerts::Specific(Arc::new(certificates.collect()))
            }
        };
        let mut config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .http_status_as_error(false)
            // We follow them ourselves, because each is to be looked at before anything is sent there.
            .max_redirects(0)
            // A compressed answer would make nonsense of byte ranges.
            .accept_encoding("identity")
            .timeout_resolve(Some(patience.silence))
            .timeout_connect(Some(patience.silence))
            .timeout_recv_response(Some(patience.silence))
            .timeout_per_read(Some(patience.silence));
        if let Some(address) = proxy {
            config = config.proxy(Some(named_proxy(address)?));
        } else if plain == Plain::Loopback {
            // Proxies of the environment are not for a server of our own.
            config = config.proxy(None);
        }
        Ok(Client {
            agent: config.build().new_agent(),
            plain,
        })
    }

    /// Asks for `url` and goes where it is sent.
    pub(super) fn get(
        &self,
        url: &str,
        headers: &[(&str, String)],
    ) -> Result<Response<Body>, Trouble> {
        let mut at = url.to_owned();
        for _ in 0..=REDIRECTS {
            self.admit(&at, url)?;
            let mut request = self.agent.get(&at);
            for (name, value) in headers {
                request = request.header(*name, value);
            }
            let response = request.call().map_err(|error| judge(&at, error))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(response);
            }
            let to = response.headers().get("Location");
            let to = to.and_then(|value| value.to_str().ok()).ok_or_else(|| {
                anyhow!(
                    "{at} answers {} and does not say where to go",
                    response.status()
                )
            })?;
            at = resolved(&at, to).with_context(|| format!("{at} leads on to {to:?}"))?;
        }
        Err(anyhow!("{url} leads on more than {REDIRECTS} times: gave up at {at}").into())
    }

    /// Refuses an address whose answers anybody on the way could change.
    fn admit(&self, at: &str, asked: &str) -> Result<()> {
        let uri: Uri = at
            .parse()
            .with_context(|| format!("{at:?} is no address of the web"))?;
        let allowed = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => match self.plain {
                Plain::Anywhere => true,
                Plain::Nowhere => false,
                Plain::Loopback => uri.host() == Some("127.0.0.1"),
            },
            _ => false,
        };
        if allowed {
            return Ok(());
        }
        let way_out = "it is not encrypted, so anybody on the way could change what comes. Name an https address by \
                       --mirror, or fetch the file yourself and hand it over by --from.";
        Err(if at == asked {
            anyhow!("{at} is refused: {way_out}")
        } else {
            anyhow!("{asked} leads on to {at}, which is refused: {way_out}")
        })
    }
}

fn named_proxy(address: &str) -> Result<Proxy> {
    let named = || format!("--proxy {address}: http://[user:password@]host:port is meant");
    let uri: Uri = address.parse().with_context(named)?;
    // Without a scheme it is http; SOCKS is not built in.
    if !matches!(uri.scheme_str(), None | Some("http" | "https")) {
        return Err(anyhow!("not a proxy that speaks HTTP").context(named()));
    }
    Proxy::new(address).with_context(named)
}

/// Where `location`, as an answer of `base` has it, leads.
fn resolved(base: &str, location: &str) -> Result<String> {
    let (scheme, rest) = base.split_once("://").context("no scheme")?;
    let location = location.split('#').next().unwrap_or_default();
    if location.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric())
    }) {
        return Ok(location.to_owned());
    }
    if let Some(host) = location.strip_prefix("//") {
        return Ok(format!("{scheme}://{host}"));
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let host = path.split('/').next().unwrap_or_default();
    if location.starts_with('/') {
        return Ok(format!("{scheme}://{host}{location}"));
    }
    if location.starts_with('?') || location.is_empty() {
        return Ok(format!("{scheme}://{path}{location}"));
    }
    let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    Ok(format!("{scheme}://{folder}/{location}"))
}

/// Which failures of a request may pass by themselves.
fn judge(url: &str, error: ureq::Error) -> Trouble {
    let text = error.to_string();
    let certificate = matches!(error, ureq::Error::Tls(_) | ureq::Error::Rustls(_))
        || text.contains("certificate");
    if certificate {
        return Trouble::Lasting(anyhow!(
            "{url}: {text}. If a proxy here has a certificate of its own, name the file by SSL_CERT_FILE or PIP_CERT."
        ));
    }
    match error {
        ureq::Error::Io(_)
        | ureq::Error::Timeout(_)
        | ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_)
        | ureq::Error::Protocol(_) => Trouble::Passing(text, None),
        other => Trouble::Lasting(anyhow::Error::new(other).context(format!("cannot fetch {url}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_are_resolved() {
        for (base, location, expected) in [
            ("https://a.b/c/d?e=f", "https://g/h", "https://g/h"),
            ("https://a.b/c/d?e=f", "http://g/h", "http://g/h"),
            ("https://a.b/c/d", "//g/h#i", "https://g/h"),
            (
                "https://a.b/c/d?e=/f",
                "/g?to=http://x",
                "https://a.b/g?to=http://x",
            ),
            ("https://a.b/c/d?e=/f", "g", "https://a.b/c/g"),
            ("https://a.b", "g", "https://a.b/g"),
            ("https://a.b/c?d", "?e", "https://a.b/c?e"),
        ] {
            assert_eq!(resolved(base, location).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_not_encrypted_is_refused() {
        let admitted = |plain, at: &str| {
            let client = Client::new(&Patience::USUAL, plain, None).unwrap();
            client.admit(at, at).is_ok()
        };
        assert!(admitted(Plain::Nowhere, "https://example.org/a"));
        for at in [
            "http://example.org/a",
            "http://127.0.0.1/a",
            "ftp://example.org/a",
            "file:///a",
        ] {
            assert!(!admitted(Plain::Nowhere, at), "{at}");
        }
        assert!(admitted(Plain::Loopback, "http://127.0.0.1:8080/a"));
        for at in [
            "http://localhost/a",
            "http://127.0.0.1.example.org/a",
            "http://127.0.0.1@example.org/",
        ] {
            assert!(!admitted(Plain::Loopback, at), "{at}");
        }
        assert!(admitted(Plain::Anywhere, "http://example.org/a"));
    }

    #[test]
    fn proxies() {
        for good in [
            "http://proxy:3128",
            "https://user:secret@proxy:3128",
            "proxy:3128",
        ] {
            assert!(named_proxy(good).is_ok(), "{good}");
        }
        for bad in ["socks5://proxy:1080", "http://", ""] {
            assert!(named_proxy(bad).is_err(), "{bad}");
        }
    }
}
