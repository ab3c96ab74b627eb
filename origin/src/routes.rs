//! The one table of what can be asked. From it come dispatch, the OpenAPI document, and the test that asks every
//! route as everybody.

use crate::access::Permission::*;
use crate::access::{Permission, Person, PlatformAccess, SiteAccess, TenantAccess};
use crate::call::Call;
use crate::handlers::*;
use crate::http::Answer;
use crate::subject::Subject::*;
use futures::future::LocalBoxFuture;
use model::names::percent_decode;
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
    /// The owner of the platform, with a session.
    Platform(for<'a> fn(&'a Call<'a>, &'a PlatformAccess) -> Later<'a>),
    /// Members of `{tenant}`.
    Tenant(Permission, for<'a> fn(&'a Call<'a>, &'a TenantAccess) -> Later<'a>),
    /// People with a role on `{site}`.
    Site(Permission, for<'a> fn(&'a Call<'a>, &'a SiteAccess) -> Later<'a>),
}

/// How the table writes query parameters that name a field: `filter[brand]=Acme`.
pub const FILTER: &str = "filter[field]";

type Describe = fn(&mut SchemaGenerator) -> Schema;

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub name: &'static str,
    pub summary: &'static str,
    pub handler: Handler,
    /// Whether a token will do: one that leaked must not give rights that outlive it.
    pub tokens: bool,
    /// Whether it changes a site also while that is deleted or being filled, a tenant also while that is deleted.
    pub also_closed: bool,
    /// Whether it changes what `{subject}` says, and asks for what saving that does. The table has what pages ask for.
    pub by_subject: bool,
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
        let tokens = !matches!(handler, Handler::Session(_) | Handler::Platform(_));
        Self {
            method,
            path,
            name,
            summary,
            handler,
            tokens,
            also_closed: false,
            by_subject: false,
            query: &[],
            body: None,
            file: false,
            status: 204,
            answer: None,
        }
    }

    const fn for_people(mut self) -> Self {
        self.tokens = false;
        self
    }

    const fn also_closed(mut self) -> Self {
        self.also_closed = true;
        self
    }

    const fn by_subject(mut self) -> Self {
        self.by_subject = true;
        self
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

    /// Its answer is a page for people.
    const fn shows(mut self) -> Self {
        self.status = 200;
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
    ($permission:ident, $handler:path, $of:expr) => {
        Handler::Site($permission, |call, access| Box::pin($handler(call, access, $of)))
    };
}
macro_rules! platform {
    ($handler:path) => {
        Handler::Platform(|call, access| Box::pin($handler(call, access)))
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
    Route::new("GET", "/api/v1", "show_documentation", "This documentation as a page", open!(page::show_documentation)).shows(),
    Route::new("GET", "/api/v1/openapi.json", "show_openapi", "This documentation as OpenAPI 3.1", open!(page::show_openapi)).answers::<serde_json::Value>(200),
    Route::new("GET", "/dev/mailbox", "show_mailbox", "The newest mails; in development only", open!(page::show_mailbox)),

    Route::new("POST", "/api/v1/sign-up", "sign_up", "Begin an account and its tenant; a mail goes on", open!(account::sign_up)).takes::<account::SignUp>().answers::<account::Begun>(202),
    Route::new("POST", "/api/v1/sign-up/confirm", "confirm_sign_up", "Open the account with the code from the mail and the password of the sign-up", open!(account::confirm_sign_up)).takes::<account::Confirmation>().answers::<account::Opened>(201),
    Route::new("POST", "/api/v1/sign-in", "sign_in", "Open a session, kept in a cookie", open!(account::sign_in)).takes::<account::Credentials>().answers::<account::SignedIn>(200),
    Route::new("POST", "/api/v1/sign-in/passkey/options", "begin_sign_in", "Begin to sign in with a passkey: options for the browser", open!(passkeys::begin_sign_in)).answers::<serde_json::Value>(200),
    Route::new("POST", "/api/v1/sign-in/passkey", "sign_in_with_passkey", "Open a session with a passkey", open!(passkeys::sign_in_with_passkey)).takes::<passkeys::SignIn>().answers::<account::SignedIn>(200),
    Route::new("POST", "/api/v1/password-reset", "ask_reset", "Ask for a mail to set a new password", open!(account::ask_reset)).takes::<account::Address>().answers::<account::Begun>(202),
    Route::new("POST", "/api/v1/password-reset/confirm", "reset_password", "Set a new password; ends all sessions", open!(account::reset_password)).takes::<account::NewPassword>(),
    Route::new("POST", "/api/v1/sign-out", "sign_out", "End this session", session!(account::sign_out)),
    Route::new("GET", "/api/v1/me", "show_me", "Who is signed in, and their tenants", person!(account::me)).answers::<account::Me>(200),
    Route::new("PATCH", "/api/v1/me", "change_me", "Change the own name", session!(me::change_me)).takes::<me::Change>().answers::<me::Change>(200),
    Route::new("DELETE", "/api/v1/me", "delete_me", "Delete the own account; asks for a fresh proof", session!(me::delete_me)),
    Route::new("POST", "/api/v1/me/proof", "prove_me", "A fresh proof of identity, good for 15 minutes", session!(me::prove_me)).takes::<me::Proof>(),
    Route::new("POST", "/api/v1/me/password", "change_password", "Set a new password; asks for a fresh proof; ends all other sessions", session!(me::change_password)).takes::<me::NewPassword>(),
    Route::new("POST", "/api/v1/me/email", "ask_email", "Begin to change the own address; asks for a fresh proof; a mail goes on", session!(me::ask_email)).takes::<account::Address>().answers::<account::Begun>(202),
    Route::new("POST", "/api/v1/me/email/confirm", "confirm_email", "Change the own address with the code from the mail", session!(me::confirm_email)).takes::<account::Code>(),
    Route::new("GET", "/api/v1/passkeys", "list_passkeys", "The own passkeys", session!(passkeys::list_passkeys)).answers::<Vec<passkeys::Passkey>>(200),
    Route::new("POST", "/api/v1/passkeys/options", "begin_passkey", "Begin a new passkey: options for the browser; asks for a fresh proof", session!(passkeys::begin_passkey)).answers::<serde_json::Value>(200),
    Route::new("POST", "/api/v1/passkeys", "create_passkey", "Keep a new passkey", session!(passkeys::create_passkey)).takes::<passkeys::Given>().answers::<passkeys::Made>(201),
    Route::new("PATCH", "/api/v1/passkeys/{passkey}", "rename_passkey", "Rename a passkey", session!(passkeys::rename_passkey)).takes::<passkeys::Name>(),
    Route::new("DELETE", "/api/v1/passkeys/{passkey}", "remove_passkey", "Remove a passkey; asks for a fresh proof", session!(passkeys::remove_passkey)),
    Route::new("DELETE", "/api/v1/sessions", "revoke_other_sessions", "Sign all other devices out", session!(me::revoke_other_sessions)),
    Route::new("GET", "/api/v1/sessions", "list_sessions", "The devices that are signed in", session!(account::list_sessions)).pages().answers::<account::Sessions>(200),
    Route::new("DELETE", "/api/v1/sessions/{session}", "revoke_session", "Sign a device out", session!(account::revoke_session)),
    Route::new("POST", "/api/v1/sign-up-invitations", "invite_tenant", "Invite somebody to open a tenant; for the owner of the platform", platform!(account::invite_tenant)).answers::<account::Invitation>(201),

    Route::new("POST", "/api/v1/invitations/accept", "accept_invitation", "Enter a tenant with the code from the mail, with the account of the invited address", session!(invitations::accept_invitation)).takes::<account::Code>().answers::<invitations::Accepted>(200),
    Route::new("POST", "/api/v1/invitations/join", "join", "Enter a tenant with the code from the mail and a new account", open!(invitations::join)).takes::<invitations::Joining>().answers::<account::Opened>(201),
    Route::new("DELETE", "/api/v1/tenants/{tenant}", "delete_tenant", "Delete a tenant, `confirm`ed by its name or id; asks for a fresh proof and for `sites.create` as well. Visitors see that its sites are gone, and after 30 days everything goes for good", tenant!(ManageTenant, tenants::delete_tenant)).for_people().also_closed().asks(&["confirm"]).answers::<tenants::Tenant>(200),
    Route::new("POST", "/api/v1/tenants/{tenant}/restore", "restore_tenant", "Take a deleted tenant back; asks for what deleting does", tenant!(ManageTenant, tenants::restore_tenant)).for_people().also_closed().answers::<tenants::Tenant>(200),
    Route::new("GET", "/api/v1/tenants/{tenant}/members", "list_members", "The people of a tenant", tenant!(ManageTenant, members::list_members)).pages().answers::<members::Page>(200),
    Route::new("PATCH", "/api/v1/tenants/{tenant}/members/{member}", "change_member", "Change what a member may do; suspend or restore them", tenant!(ManageTenant, members::change_member)).for_people().takes::<members::Change>().answers::<members::Member>(200),
    Route::new("DELETE", "/api/v1/tenants/{tenant}/members/{member}", "remove_member", "Take a member out of the tenant", tenant!(ManageTenant, members::remove_member)).for_people(),
    Route::new("POST", "/api/v1/tenants/{tenant}/leave", "leave_tenant", "Leave the tenant", tenant!(ReadTenant, members::leave_tenant)).for_people().also_closed(),
    Route::new("GET", "/api/v1/tenants/{tenant}/invitations", "list_invitations", "Invitations that wait for an answer", tenant!(ManageTenant, invitations::list_invitations)).pages().answers::<invitations::Page>(200),
    Route::new("POST", "/api/v1/tenants/{tenant}/invitations", "invite_member", "Invite somebody by mail; an earlier invitation of the address ends", tenant!(ManageTenant, invitations::invite_member)).for_people().takes::<invitations::Given>().answers::<invitations::Invitation>(201),
    Route::new("DELETE", "/api/v1/tenants/{tenant}/invitations/{invitation}", "withdraw_invitation", "Withdraw an invitation", tenant!(ManageTenant, invitations::withdraw_invitation)).for_people(),
    Route::new("GET", "/api/v1/tenants/{tenant}/roles", "list_roles", "The roles that can be given", tenant!(ReadTenant, roles::list_roles)).answers::<Vec<roles::Role>>(200),
    Route::new("POST", "/api/v1/tenants/{tenant}/roles", "create_role", "Make a role of the tenant's own", tenant!(ManageTenant, roles::create_role)).for_people().takes::<roles::Given>().answers::<roles::Role>(201),
    Route::new("PUT", "/api/v1/tenants/{tenant}/roles/{role}", "change_role", "Change a role of the tenant's own", tenant!(ManageTenant, roles::change_role)).for_people().takes::<roles::Given>().answers::<roles::Role>(200),
    Route::new("DELETE", "/api/v1/tenants/{tenant}/roles/{role}", "delete_role", "Delete a role that nobody has", tenant!(ManageTenant, roles::delete_role)).for_people(),
    Route::new("GET", "/api/v1/tenants/{tenant}/templates", "list_templates", "Pages to start from: those of the product, and the tenant's own", tenant!(ReadTenant, templates::list_templates)).answers::<Vec<templates::Template>>(200),
    Route::new("GET", "/api/v1/tenants/{tenant}/templates/{id}", "show_template", "A page to start from", tenant!(ReadTenant, templates::show_template)).answers::<templates::Whole>(200),
    Route::new("PUT", "/api/v1/tenants/{tenant}/templates/{id}", "save_template", "Keep a page, or a set of sections, to start from", tenant!(WritePages, templates::save_template)).takes::<templates::Given>().answers::<templates::Whole>(200),
    Route::new("DELETE", "/api/v1/tenants/{tenant}/templates/{id}", "delete_template", "Take an own template away; pages that were made from it stay", tenant!(WritePages, templates::delete_template)),
    Route::new("GET", "/api/v1/tenants/{tenant}/tokens", "list_tokens", "Tokens of scripts: one's own, or all for who manages the tenant", tenant!(ReadTenant, tokens::list_tokens)).pages().answers::<tokens::Page>(200),
    Route::new("POST", "/api/v1/tenants/{tenant}/tokens", "create_token", "Make a token for a script", tenant!(ReadTenant, tokens::create_token)).for_people().takes::<tokens::Given>().answers::<tokens::Created>(201),
    Route::new("DELETE", "/api/v1/tenants/{tenant}/tokens/{token}", "revoke_token", "End a token", tenant!(ReadTenant, tokens::revoke_token)),
    Route::new("GET", "/api/v1/tenants/{tenant}/audit", "list_tenant_events", "Who did what in the tenant itself", tenant!(ReadAudit, audit::list_tenant_events)).pages().answers::<audit::Page>(200),
    Route::new("GET", "/api/v1/tenants/{tenant}/audit/export", "export_tenant_events", "Who did what in the tenant itself, oldest first, as lines of JSON with the chain checked", tenant!(ReadAudit, audit::export_tenant_events)).asks(&["after"]).shows(),
    Route::new("GET", "/api/v1/tenants/{tenant}/sites", "list_sites", "The sites that one may see", tenant!(ReadTenant, sites::list_sites)).pages().answers::<sites::Page>(200),
    Route::new("POST", "/api/v1/tenants/{tenant}/sites", "create_site", "Make a site with a host below the platform's domain", tenant!(CreateSites, sites::create_site)).takes::<sites::Given>().answers::<sites::Site>(201),

    Route::new("GET", "/api/v1/sites/{site}", "show_site", "A site", site!(ReadSite, sites::show_site)).answers::<sites::Site>(200),
    Route::new("PATCH", "/api/v1/sites/{site}", "change_site", "Rename, archive or restore a site", site!(ManageSite, sites::change_site)).takes::<sites::Change>().answers::<sites::Site>(200),
    Route::new("DELETE", "/api/v1/sites/{site}", "delete_site", "Delete a site: visitors see that it is gone, and after 30 days it goes for good", site!(CreateSites, sites::delete_site)).also_closed().answers::<sites::Site>(200),
    Route::new("POST", "/api/v1/sites/{site}/restore", "restore_site", "Take a deleted site back", site!(CreateSites, sites::restore_site)).also_closed().answers::<sites::Site>(200),
    Route::new("GET", "/api/v1/sites/{site}/export", "export_site", "The site as it is being edited, as one file: its folder as a tar archive", site!(ReadSite, sites::export_site)).shows(),
    Route::new("PUT", "/api/v1/sites/{site}/content", "import_site", "Send the file that a new site is made from (`{\"from\": \"file\"}`)", site!(CreateSites, sites::import_site)).also_closed().takes_file().answers::<sites::Site>(200),
    Route::new("GET", "/api/v1/tenants/{tenant}/usage", "show_usage", "How much the tenant has of what the plan limits", tenant!(ReadTenant, plan::show_usage)).answers::<Vec<plan::Amount>>(200),
    Route::new("GET", "/api/v1/tenants/{tenant}/features", "list_tenant_features", "The features of the tenant", tenant!(ReadTenant, plan::list_tenant_features)).answers::<Vec<plan::Feature>>(200),
    Route::new("GET", "/api/v1/sites/{site}/features", "list_site_features", "The features of a site", site!(ReadSite, plan::list_site_features)).answers::<Vec<plan::Feature>>(200),
    Route::new("GET", "/api/v1/platform/tenants", "list_tenants", "All tenants", platform!(plan::list_tenants)).pages().answers::<plan::Page>(200),
    Route::new("GET", "/api/v1/platform/tenants/{tenant}", "show_tenant", "A tenant with usage and features", platform!(plan::show_tenant)).answers::<plan::Whole>(200),
    Route::new("PATCH", "/api/v1/platform/tenants/{tenant}", "change_tenant", "Change a tenant's state, plan, limits, features", platform!(plan::change_tenant)).takes::<plan::Change>().answers::<plan::Tenant>(200),
    Route::new("GET", "/api/v1/platform/plans", "list_plans", "All plans", platform!(plan::list_plans)).answers::<Vec<plan::Plan>>(200),
    Route::new("PUT", "/api/v1/platform/plans/{plan}", "set_plan", "Make or change a plan", platform!(plan::set_plan)).takes::<plan::GivenPlan>().answers::<plan::Plan>(200),

    Route::new("GET", "/api/v1/sites/{site}/members", "list_site_members", "The people of this very site, in roles that one could give", site!(ManageSite, site_people::list_site_members)).pages().answers::<site_people::Page>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/members/{member}", "remove_site_member", "Take such roles on the site from somebody; whoever has no other leaves the tenant", site!(ManageSite, site_people::remove_site_member)).for_people(),
    Route::new("GET", "/api/v1/sites/{site}/invitations", "list_site_invitations", "Invitations to this very site that wait for an answer, in roles that one could give", site!(ManageSite, site_people::list_site_invitations)).pages().answers::<invitations::Page>(200),
    Route::new("POST", "/api/v1/sites/{site}/invitations", "invite_to_site", "Invite somebody to this very site by mail, in a role that may no more than oneself may there", site!(ManageSite, site_people::invite_to_site)).for_people().takes::<site_people::Given>().answers::<invitations::Invitation>(201),
    Route::new("DELETE", "/api/v1/sites/{site}/invitations/{invitation}", "withdraw_site_invitation", "Withdraw such an invitation", site!(ManageSite, site_people::withdraw_site_invitation)).for_people(),
    Route::new("GET", "/api/v1/sites/{site}/hosts", "list_hosts", "The hosts of a site, its primary one first", site!(ReadSite, hosts::list_hosts)).answers::<Vec<hosts::Host>>(200),
    Route::new("POST", "/api/v1/sites/{site}/hosts", "add_host", "Add a host below the platform's domain", site!(ManageSite, hosts::add_host)).takes::<hosts::Given>().answers::<hosts::Host>(201),
    Route::new("POST", "/api/v1/sites/{site}/hosts/{host}/primary", "make_host_primary", "Make a host the one that others redirect to", site!(ManageSite, hosts::make_host_primary)),
    Route::new("DELETE", "/api/v1/sites/{site}/hosts/{host}", "remove_host", "Give a host back", site!(ManageSite, hosts::remove_host)),
    Route::new("GET", "/api/v1/sites/{site}/settings", "list_settings", "The parts of a site's settings", site!(ReadSite, documents::list_settings)).answers::<documents::Listed>(200),
    Route::new("GET", "/api/v1/sites/{site}/settings/{id}", "show_setting", "A part of the settings: general, theme, organisation, search, not_found, frame-<locale>", site!(ReadSite, documents::show, Setting)).answers::<documents::Document>(200),
    Route::new("PUT", "/api/v1/sites/{site}/settings/{id}", "save_setting", "Save a part of the settings", site!(ManageSite, documents::save, Setting)).takes::<serde_json::Map<String, serde_json::Value>>().answers::<documents::SavedAnswer>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/settings/{id}", "remove_setting", "Take a part of the settings away", site!(ManageSite, documents::remove, Setting)),
    Route::new("GET", "/api/v1/sites/{site}/pages", "list_pages", "The pages of a status (`draft`, `published`, `archived`), by `sort`: `updated_at` or `path`, from the end with a - before it", site!(ReadSite, documents::list_pages)).asks(&["after", "limit", "status", "locale", "sort"]).answers::<documents::PageList>(200),
    Route::new("POST", "/api/v1/sites/{site}/pages", "create_page", "Make the draft of a page from a template", site!(WritePages, templates::create_page)).takes::<templates::GivenPage>().answers::<documents::SavedAnswer>(201),
    Route::new("GET", "/api/v1/sites/{site}/pages/{id}", "show_page", "A page as it is being edited", site!(ReadSite, documents::show, Page)).answers::<documents::Document>(200),
    Route::new("PUT", "/api/v1/sites/{site}/pages/{id}", "save_page", "Save the draft of a page; a new one without If-Match", site!(WritePages, documents::save, Page)).takes::<serde_json::Map<String, serde_json::Value>>().answers::<documents::SavedAnswer>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/pages/{id}", "archive_page", "Take a page into the archive; visitors see it until the next publish", site!(WritePages, documents::remove, Page)),
    Route::new("GET", "/api/v1/sites/{site}/blocks", "list_blocks", "The reusable blocks", site!(ReadSite, documents::list, Block)).pages().answers::<documents::Listed>(200),
    Route::new("GET", "/api/v1/sites/{site}/blocks/{id}", "show_block", "A reusable block", site!(ReadSite, documents::show, Block)).answers::<documents::Document>(200),
    Route::new("PUT", "/api/v1/sites/{site}/blocks/{id}", "save_block", "Save a reusable block", site!(WritePages, documents::save, Block)).takes::<serde_json::Map<String, serde_json::Value>>().answers::<documents::SavedAnswer>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/blocks/{id}", "remove_block", "Take a block away that no page uses", site!(WritePages, documents::remove, Block)),
    Route::new("GET", "/api/v1/sites/{site}/components", "list_components", "The site's own components and variants", site!(ReadSite, documents::list, Component)).pages().answers::<documents::Listed>(200),
    Route::new("GET", "/api/v1/sites/{site}/components/{id}", "show_component", "A component of the site's own", site!(ReadSite, documents::show, Component)).answers::<documents::Document>(200),
    Route::new("PUT", "/api/v1/sites/{site}/components/{id}", "save_component", "Save a component of the site's own", site!(ManageSite, documents::save, Component)).takes::<serde_json::Map<String, serde_json::Value>>().answers::<documents::SavedAnswer>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/components/{id}", "remove_component", "Take a component away that nothing uses", site!(ManageSite, documents::remove, Component)),
    Route::new("GET", "/api/v1/sites/{site}/redirects", "list_redirects", "The redirects of a site, also those of pages that have moved", site!(ReadSite, redirects::list_redirects)).answers::<redirects::Redirects>(200),
    Route::new("PUT", "/api/v1/sites/{site}/redirects", "save_redirects", "Write the redirects of a site in the place of those before; the next publish shows them", site!(WritePages, redirects::save_redirects)).takes::<redirects::Redirects>(),
    Route::new("GET", "/api/v1/sites/{site}/locks/{subject}/{id}", "show_lock", "Who is editing a document", site!(ReadSite, locks::show_lock)).answers::<locks::Lock>(200),
    Route::new("PUT", "/api/v1/sites/{site}/locks/{subject}/{id}", "take_lock", "Say for 90 seconds that one is editing a document, where nobody else is", site!(WritePages, locks::take_lock)).by_subject().answers::<locks::Lock>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/locks/{subject}/{id}", "release_lock", "Say that one is not editing any more", site!(WritePages, locks::release_lock)).by_subject(),
    Route::new("GET", "/api/v1/sites/{site}/types", "list_types", "The types of records", site!(ReadSite, types::list_types)).answers::<Vec<types::Type>>(200),
    Route::new("GET", "/api/v1/sites/{site}/types/{id}", "show_type", "A type of records", site!(ReadSite, types::show_type)).answers::<types::Type>(200),
    Route::new("PUT", "/api/v1/sites/{site}/types/{id}", "save_type", "Make or change a type of records; `renamed` gives fields other names; with `dry_run=true` only say which records would not fit, and what would follow", site!(WriteTypes, types::save_type)).asks(&["dry_run"]).takes::<serde_json::Map<String, serde_json::Value>>().answers::<types::Saved>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/types/{id}", "retire_type", "Take no new records of a type; those that there are stay", site!(WriteTypes, types::retire_type)),
    Route::new("GET", "/api/v1/sites/{site}/entities", "list_entities", "The records of a `type`, newest change first, or a list that the type declares; with `include=document` as they were saved last", site!(ReadSite, entity_lists::list_entities)).asks(&["type", "status", "sort", FILTER, "from", "to", "locale", "include", "after", "limit"]).answers::<entities::Page>(200),
    Route::new("POST", "/api/v1/sites/{site}/entities", "create_entity", "Add a record, as a draft or published", site!(WriteEntities, entities::create_entity)).takes::<entities::Given>().answers::<entities::Saved>(201),
    Route::new("POST", "/api/v1/sites/{site}/entities/bulk", "change_entities", "Change or publish many records, each checked by itself", site!(WriteEntities, entities::change_entities)).takes::<entities::Bulk>().answers::<entities::BulkDone>(200),
    Route::new("GET", "/api/v1/sites/{site}/entities/{id}", "show_entity", "A record as it was saved last", site!(ReadSite, entities::show_entity)).answers::<entities::Summary>(200),
    Route::new("PUT", "/api/v1/sites/{site}/entities/{id}", "save_entity", "Save a record; a new one without If-Match", site!(WriteEntities, entities::save_entity)).takes::<entities::Given>().answers::<entities::Saved>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/entities/{id}", "trash_entity", "Move a record that no other refers to into the trash", site!(WriteEntities, entities::trash_entity)),
    Route::new("POST", "/api/v1/sites/{site}/entities/{id}/publish", "publish_entity", "Show a record as it was saved last", site!(Publish, entities::publish_entity)).answers::<entities::Saved>(200),
    Route::new("POST", "/api/v1/sites/{site}/entities/{id}/unpublish", "unpublish_entity", "Hide a record; it stays as a draft", site!(Publish, entities::unpublish_entity)),
    Route::new("POST", "/api/v1/sites/{site}/entities/{id}/restore", "restore_entity", "Take a record out of the trash, as a draft", site!(WriteEntities, entities::restore_entity)).answers::<entities::Saved>(200),
    Route::new("PUT", "/api/v1/sites/{site}/imports/{id}", "import_entities", "Import records of a `type`, sent as CSV or as JSON; sent again it goes on where it was", site!(WriteEntities, imports::import_entities)).asks(&["type", "publish"]).takes_file().answers::<imports::Import>(200),
    Route::new("GET", "/api/v1/sites/{site}/imports/{id}", "show_import", "How far an import is, and the rows that it refused", site!(ReadSite, imports::show_import)).asks(&["after"]).answers::<imports::Import>(200),
    Route::new("GET", "/api/v1/sites/{site}/revisions/{subject}/{id}", "list_revisions", "The saved states of a document: settings, page, block, component, entity", site!(ReadSite, documents::list_revisions)).pages().answers::<documents::Revisions>(200),
    Route::new("GET", "/api/v1/sites/{site}/revisions/{subject}/{id}/{number}", "show_revision", "A saved state", site!(ReadSite, documents::show_revision)).answers::<documents::Revision>(200),
    Route::new("GET", "/api/v1/sites/{site}/revisions/{subject}/{id}/{number}/differences", "diff_revisions", "What changed from one revision `to` another, by section and field", site!(ReadSite, documents::diff_revisions)).asks(&["to"]).answers::<Vec<crate::diff::Difference>>(200),
    Route::new("POST", "/api/v1/sites/{site}/revisions/{subject}/{id}/{number}/restore", "restore_revision", "Save an old state again as the newest one; based on the current one by If-Match", site!(WritePages, documents::restore_revision)).by_subject().answers::<documents::SavedAnswer>(200),
    Route::new("GET", "/api/v1/sites/{site}/releases", "list_releases", "What was published when and by whom", site!(ReadSite, releases::list_releases)).pages().answers::<releases::Page>(200),
    Route::new("POST", "/api/v1/sites/{site}/releases", "publish", "Publish what is chosen, as one release", site!(Publish, releases::publish)).takes::<releases::Given>().answers::<releases::Published>(201),
    Route::new("POST", "/api/v1/sites/{site}/releases/check", "check_release", "What would be published, and what is wrong with it", site!(ReadSite, releases::check_release)).takes::<releases::Given>().answers::<releases::Report>(200),
    Route::new("GET", "/api/v1/sites/{site}/releases/{number}", "show_release", "A release", site!(ReadSite, releases::show_release)).answers::<releases::Release>(200),
    Route::new("POST", "/api/v1/sites/{site}/releases/{number}/roll-back", "roll_back", "Show again what an old release did, as a new release", site!(Publish, releases::roll_back)).answers::<releases::Published>(201),
    Route::new("GET", "/api/v1/sites/{site}/schedules", "list_schedules", "What is published or taken away at a time to come", site!(ReadSite, releases::list_schedules)).answers::<releases::Schedules>(200),
    Route::new("GET", "/api/v1/sites/{site}/schedules/{schedule}", "show_schedule", "What is scheduled for a time", site!(ReadSite, releases::show_schedule)).answers::<crate::publish::Waiting>(200),
    Route::new("PATCH", "/api/v1/sites/{site}/schedules/{schedule}", "move_schedule", "Give what is scheduled another time", site!(Publish, releases::move_schedule)).takes::<releases::NewTime>().answers::<releases::Published>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/schedules/{schedule}", "cancel_schedule", "Cancel what is scheduled", site!(Publish, releases::cancel_schedule)),
    Route::new("GET", "/api/v1/sites/{site}/previews", "list_previews", "The links that show drafts", site!(WritePages, previews::list_previews)).pages().answers::<previews::Page>(200),
    Route::new("POST", "/api/v1/sites/{site}/previews", "create_preview", "Make a link that shows what is chosen as it would be published, for `hours` (168; 720 at most)", site!(WritePages, previews::create_preview)).asks(&["hours"]).takes::<releases::Given>().answers::<previews::Made>(201),
    Route::new("DELETE", "/api/v1/sites/{site}/previews/{preview}", "end_preview", "End a link that shows drafts", site!(WritePages, previews::end_preview)),
    Route::new("POST", "/api/v1/sites/{site}/republish", "republish", "Write everything that is published into KV again", site!(Publish, releases::republish)).answers::<releases::Republished>(200),
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

    Route::new("GET", "/api/v1/sites/{site}/domains", "list_domains", "The own domains of a site: state, problem, next step", site!(ReadSite, domains::list_domains)).answers::<Vec<domains::Domain>>(200),
    Route::new("POST", "/api/v1/sites/{site}/domains", "claim_domain", "Claim an own domain: a token to prove it by", site!(ManageSite, domains::claim_domain)).takes::<domains::Given>().answers::<domains::Domain>(201),
    Route::new("POST", "/api/v1/sites/{site}/domains/{domain}/check", "check_domain", "Look for the proof, or for the certificate", site!(ManageSite, domains::check_domain)).answers::<domains::Domain>(200),
    Route::new("DELETE", "/api/v1/sites/{site}/domains/{domain}", "withdraw_domain", "Withdraw a claim", site!(ManageSite, domains::withdraw_domain)),
    Route::new("GET", "/api/v1/sites/{site}/audit/export", "export_site_events", "Who did what on a site, oldest first, as lines of JSON with the chain checked", site!(ReadAudit, audit::export_site_events)).asks(&["after"]).shows(),
    Route::new("GET", "/api/v1/sites/{site}/audit", "list_site_events", "Who did what on a site", site!(ReadAudit, audit::list_site_events)).pages().answers::<audit::Page>(200),
];

/// Whether a request's body is a file, whatever will be answered.
pub fn takes_file(method: &str, path: &str) -> bool {
    ROUTES.iter().any(|r| r.file && r.method == method && matches(r.path, path).is_some())
}

/// What stands in the place of each `{name}` of a pattern, decoded; `None` where the path is not of that form.
pub fn matches(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut params = vec![];
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(want), Some(part)) => match want.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                Some(name) if !part.is_empty() => params.push((name, percent_decode(part)?)),
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
                Handler::Platform(_) if route.name != "invite_tenant" => {
                    assert!(route.path.starts_with("/api/v1/platform/"), "{}", route.path)
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
        assert_eq!(matches("/a/{b}/c", "/a/x%3Ay%2F/c"), Some(vec![("b", "x:y/".to_owned())]));
        for other in ["/a/%f/c", "/a/%ff/c", "/a//c", "/a/x", "/a/x/c/d", "/b/x/c", "/a/x/c/"] {
            assert_eq!(matches("/a/{b}/c", other), None, "{other}");
        }
    }
}
