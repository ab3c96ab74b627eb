-- How tenants end.

-- Not led by the tenant: the platform's round takes away what is due. Partial, so it holds deleted tenants only.
CREATE INDEX tenants_to_erase ON tenants (delete_after) WHERE delete_after IS NOT NULL;
