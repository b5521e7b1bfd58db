-- The roles of Guantong, for PostgreSQL 15 or newer. Run by a superuser, once for each server.
-- guantong_owner  makes and owns every table; used by `guantong migrate` only
-- guantong_app    serves: no superuser, owns nothing, cannot pass row-level security
-- guantong_search owns the listed SECURITY DEFINER functions; nobody logs in as it
DO $roles$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'guantong_owner') THEN
        CREATE ROLE guantong_owner LOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'guantong_app') THEN
        CREATE ROLE guantong_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'guantong_search') THEN
        CREATE ROLE guantong_search NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT pg_has_role('guantong_owner', 'guantong_search', 'MEMBER') THEN
        GRANT guantong_search TO guantong_owner;
    END IF;
END
$roles$;

-- [database]
-- In each database, as its owner.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO guantong_app;
GRANT USAGE, CREATE ON SCHEMA public TO guantong_search;
ALTER DEFAULT PRIVILEGES FOR ROLE guantong_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE guantong_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO guantong_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guantong_owner GRANT USAGE, SELECT ON SEQUENCES TO guantong_app;
ALTER DEFAULT PRIVILEGES FOR ROLE guantong_owner GRANT EXECUTE ON FUNCTIONS TO guantong_app, guantong_search;
