//! The one table of what can be asked. From it come dispatch, the OpenAPI document, and the test that asks every
//! route as everybody.

use crate::access::Permission::*;
use crate::access::{Permission, Person, SiteAccess, TenantAccess};
use crate::call::Call;
use crate::handlers::*;
use crate::problem::Answer;
use futures::future::LocalBoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};

type Later<'a> = LocalBoxFuture<'a, Answer>;

/// Whom a route is for; its handler gets the proof.
pub enum Handler {
    /// Everybody.
    Open(for<'a> fn(&'a Call<'a>) -> Later<'a>),
    /// Whoever is signed in, also with a token.
    Person(for<'a> fn(&'a Call<'a>, &'a Person) -> Later<'a>),
    /// Whoever is signed in with a session: tokens open no further doors.
    Session(for<'a> fn(&'a Call<'a>, &'a Person) -> Later<'a>),
    /// Members of `{tenant}`.
    Tenant(Permission, for<'a> fn(&'a Call<'a>, &'a TenantAccess) -> Later<'a>),
    /// People with a role on `{site}`.
    Site(Permission, for<'a> fn(&'a Call<'a>, &'a SiteAccess) -> Later<'a>),
}

type Describe = fn(&mut SchemaGenerator) -> Schema;

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub name: &'static str,
    pub summary: &'static str,
    pub handler: Handler,
    /// Query parameters.
    pub query: &'static [&'static str],
    pub body: Option<Describe>,
    /// Its body is a file, which is read piece by piece.
    pub file: bool,
    pub status: u16,
    pub answer: Option<Describe>,
}

impl Route {
    const fn new(
        method: &'static str,
        path: &'static str,
        name: &'static str,
        summary: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            method,
            path,
            name,
            summary,
            handler,
            query: &[],
            body: None,
            file: false,
            status: 204,
            answer: None,
        }
    }

    const fn takes<T: JsonSchema>(mut self) -> Self {
        self.body = Some(describe::<T>);
        self
    }

    const fn answers<T: JsonSchema>(mut self, status: u16) -> Self {
        self.status = status;
        self.answer = Some(describe::<T>);
        self
    }

    const fn takes_file(mut self) -> Self {
        self.file = true;
        self
    }

    const fn asks(mut self, query: &'static [&'static str]) -> Self {
        self.query = query;
        self
    }

    const fn pages(mut self) -> Self {
        self.query = &["after", "limit"];
        self
    }
}

fn describe<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

macro_rules! open {
    ($handler:path) => {
        Handler::Open(|call| Box::pin($handler(call)))
    };
}
macro_rules! person {
    ($handler:path) => {
        Handler::Person(|call, person| Box::pin($handler(call, person)))
    };
}
macro_rules! tenant {
    ($permission:ident, $handler:path) => {
        Handler::Tenant($permission, |call, access| Box::pin($handler(call, access)))
    };
}
macro_rules! site {
    ($permission:ident, $handler:path) => {
        Handler::Site($permission, |call, access| Box::pin($handler(call, access)))
    };
}
macro_rules! session {
    ($handler:path) => {
        Handler::Session(|call, person| Box::pin($handler(call, person)))
    };
}

pub const API: &str = "/api/v1";

#[rustfmt::skip]
pub static ROUTES: &[Route] = &[
    Route::new("GET", "/", "show_start", "The way to the documentation", open!(page::show_start)),
    Route::new("GET", "/api/v1", "show_documentation", "This documentation as a page", open!(page::show_documentation)),
    Route::new("GET", "/api/v1/openapi.json", "show_openapi", "This documentation as OpenAPI 3.1", open!(page::show_openapi)).answers::<serde_json::Value>(200),
    Route::new("GET", "/dev/mailbox", "show_mailbox", "The newest mails; in development only", open!(page::show_mailbox)),

    Route::new("POST", "/api/v1/sign-up", "sign_up", "Begin an account and its tenant; a mail goes on", open!(account::sign_up)).takes::<account::SignUp>().answers::<account::Begun>(202),
    Route::new("POST", "/api/v1/sign-up/confirm", "confirm_sign_up", "Open the account with the code from the mail", open!(account::confirm_sign_up)).takes::<account::Code>().answers::<account::Opened>(201),
    Route::new("POST", "/api/v1/sign-in", "sign_in", "Open a session, kept in a cookie", open!(account::sign_in)).takes::<account::Credentials>().answers::<account::SignedIn>(200),
    Route::new("POST", "/api/v1/password-reset", "ask_reset", "Ask for a mail to set a new password", open!(account::ask_reset)).takes::<account::Address>().answers::<account::Begun>(202),
    Route::new("POST", "/api/v1/password-reset/confirm", "reset_password", "Set a new password; ends all sessions", open!(account::reset_password)).takes::<account::NewPassword>(),
    Route::new("POST", "/api/v1/sign-out", "sign_out", "End this session", session!(account::sign_out)),
    Route::new("GET", "/api/v1/me", "show_me", "Who is signed in, and their tenants", person!(account::me)).answers::<account::Me>(200),
    Route::new("GET", "/api/v1/sessions", "list_sessions", "The devices that are signed in", session!(account::list_sessions)).answers::<Vec<account::Session>>(200),
    Route::new("DELETE", "/api/v1/sessions/{session}", "revoke_session", "Sign a device out", session!(account::revoke_session)),
    Route::new("POST", "/api/v1/sign-up-invitations", "invite_tenant", "Invite somebody to open a tenant; for the owner of the platform", session!(account::invite_tenant)).answers::<account::Invitation>(201),

    Route::new("GET", "/api/v1/tenants/{tenant}/tokens", "list_tokens", "Tokens of scripts: one's own, or all for who manages the tenant", tenant!(ReadTenant, tokens::list_tokens)).answers::<Vec<tokens::Token>>(200),
    Route::new("POST", "/api/v1/tenants/{tenant}/tokens", "create_token", "Make a token for a script", tenant!(ReadTenant, tokens::create_token)).takes::<tokens::Given>().answers::<tokens::Created>(201),
    Route::new("DELETE", "/api/v1/tenants/{tenant}/tokens/{token}", "revoke_token", "End a token", tenant!(ReadTenant, tokens::revoke_token)),
    Route::new("GET", "/api/v1/tenants/{tenant}/audit", "list_tenant_events", "Who did what in the tenant itself", tenant!(ReadAudit, audit::list_tenant_events)).pages().answers::<audit::Page>(200),
    Route::new("GET", "/api/v1/tenants/{tenant}/sites", "list_sites", "The sites that one may see", tenant!(ReadTenant, sites::list_sites)).pages().answers::<sites::Page>(200),
    Route::new("POST", "/api/v1/tenants/{tenant}/sites", "create_site", "Make a site with a host below the platform's domain", tenant!(CreateSites, sites::create_site)).takes::<sites::Given>().answers::<sites::Site>(201),

    Route::new("GET", "/api/v1/sites/{site}", "show_site", "A site", site!(ReadSite, sites::show_site)).answers::<sites::Site>(200),
    Route::new("PATCH", "/api/v1/sites/{site}", "change_site", "Rename, archive or restore a site", site!(ManageSite, sites::change_site)).takes::<sites::Change>().answers::<sites::Site>(200),
    Route::new("GET", "/api/v1/sites/{site}/hosts", "list_hosts", "The hosts of a site, its primary one first", site!(ReadSite, hosts::list_hosts)).answers::<Vec<hosts::Host>>(200),
    Route::new("POST", "/api/v1/sites/{site}/hosts", "add_host", "Add a host below the platform's domain", site!(ManageSite, hosts::add_host)).takes::<hosts::Given>().answers::<hosts::Host>(201),
    Route::new("POST", "/api/v1/sites/{site}/hosts/{host}/primary", "make_host_primary", "Make a host the one that others redirect to", site!(ManageSite, hosts::make_host_primary)),
    Route::new("DELETE", "/api/v1/sites/{site}/hosts/{host}", "remove_host", "Give a host back", site!(ManageSite, hosts::remove_host)),
    Route::new("GET", "/api/v1/sites/{site}/assets", "list_assets", "The files of a site, newest first; of a folder, by a part of their name, or in the trash (`status=trashed`)", site!(ReadSite, assets::list_assets)).asks(&["after", "limit", "folder", "search", "status"]).answers::<assets::Page>(200),
    Route::new("POST", "/api/v1/sites/{site}/assets", "upload_asset", "Add a file, sent as the body; `alt` is JSON, texts by locale", site!(WriteAssets, asset_content::upload_asset)).asks(&["name", "folder", "alt"]).takes_file().answers::<assets::Asset>(201),
    Route::new("GET", "/api/v1/sites/{site}/assets/{asset}", "show_asset", "A file", site!(ReadSite, assets::show_asset)).answers::<assets::Asset>(200),
    Route::new("PATCH", "/api/v1/sites/{site}/assets/{asset}", "change_asset", "Rename or move a file, or write its alternative texts", site!(WriteAssets, assets::change_asset)).takes::<assets::Change>().answers::<assets::Asset>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/assets/{asset}", "delete_asset", "Delete a file of the trash that nothing uses for good", site!(WriteAssets, assets::delete_asset)),
    Route::new("PUT", "/api/v1/sites/{site}/assets/{asset}/content", "replace_asset", "Give a file other bytes of its format, sent as the body", site!(WriteAssets, asset_content::replace_asset)).takes_file().answers::<assets::Asset>(200),
    Route::new("PUT", "/api/v1/sites/{site}/assets/{asset}/variants/{width}", "put_variant", "Store a picture in one of its `missing_widths`, as WebP sent as the body", site!(WriteAssets, asset_content::put_variant)).takes_file(),
    Route::new("GET", "/api/v1/sites/{site}/assets/{asset}/uses", "list_asset_uses", "What uses a file", site!(ReadSite, assets::list_asset_uses)).pages().answers::<assets::Uses>(200),
    Route::new("POST", "/api/v1/sites/{site}/assets/{asset}/trash", "trash_asset", "Move a file to the trash", site!(WriteAssets, assets::trash_asset)).answers::<assets::Asset>(200),
    Route::new("POST", "/api/v1/sites/{site}/assets/{asset}/restore", "restore_asset", "Take a file out of the trash", site!(WriteAssets, assets::restore_asset)).answers::<assets::Asset>(200),
    Route::new("GET", "/api/v1/sites/{site}/asset-folders", "list_asset_folders", "The folders of files, by name", site!(ReadSite, asset_folders::list_asset_folders)).pages().answers::<asset_folders::Page>(200),
    Route::new("POST", "/api/v1/sites/{site}/asset-folders", "create_asset_folder", "Make a folder, and those above it", site!(WriteAssets, asset_folders::create_asset_folder)).takes::<asset_folders::Folder>().answers::<asset_folders::Folder>(201),
    Route::new("PATCH", "/api/v1/sites/{site}/asset-folders", "move_asset_folder", "Give a folder, with what is in it, another name or place", site!(WriteAssets, asset_folders::move_asset_folder)).takes::<asset_folders::Move>().answers::<asset_folders::Folder>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/asset-folders", "delete_asset_folder", "Delete an empty folder", site!(WriteAssets, asset_folders::delete_asset_folder)).asks(&["folder"]),

    Route::new("GET", "/api/v1/sites/{site}/audit", "list_site_events", "Who did what on a site", site!(ReadAudit, audit::list_site_events)).pages().answers::<audit::Page>(200),
];

/// Whether a request's body is a file, whatever will be answered.
pub fn takes_file(method: &str, path: &str) -> bool {
    ROUTES.iter().any(|r| r.file && r.method == method && matches(r.path, path).is_some())
}

/// What stands in the place of each `{name}` of a pattern; `None` where the path is not of that form.
pub fn matches(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut params = vec![];
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(want), Some(part)) => match want.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                Some(name) if !part.is_empty() => params.push((name, part.to_owned())),
                None if want == part => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_one_pattern_at_most() {
        let plain = |path: &str| {
            path.split('/').map(|p| if p.starts_with('{') { "{}" } else { p }).collect::<Vec<_>>().join("/")
        };
        let mut seen = std::collections::BTreeSet::new();
        for route in ROUTES {
            assert!(seen.insert((route.method, plain(route.path))), "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn a_route_names_the_tenant_or_the_site_that_its_proof_is_for() {
        for route in ROUTES {
            match route.handler {
                Handler::Tenant(..) => {
                    assert!(route.path.starts_with("/api/v1/tenants/{tenant}"), "{}", route.path)
                }
                Handler::Site(..) => {
                    assert!(route.path.starts_with("/api/v1/sites/{site}"), "{}", route.path)
                }
                _ => assert!(
                    !route.path.contains("{tenant}") && !route.path.contains("{site}"),
                    "{}",
                    route.path
                ),
            }
        }
    }

    #[test]
    fn parts_of_a_path_are_found_by_name() {
        assert_eq!(matches("/a/{b}/c", "/a/x/c"), Some(vec![("b", "x".to_owned())]));
        for other in ["/a//c", "/a/x", "/a/x/c/d", "/b/x/c", "/a/x/c/"] {
            assert_eq!(matches("/a/{b}/c", other), None, "{other}");
        }
    }
}
