//! Names below `localhost` are this machine (RFC 6761), also where the system does not know.

use std::net::{Ipv4Addr, SocketAddr};
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver as Resolve};
use ureq::unversioned::transport::NextTimeout;

#[derive(Debug, Default)]
pub struct Resolver(DefaultResolver);

impl Resolve for Resolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        if uri.host().is_some_and(|host| host.ends_with(".localhost")) {
            let mut found = self.empty();
            let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
            found.push(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
            return Ok(found);
        }
        self.0.resolve(uri, config, timeout)
    }
}
