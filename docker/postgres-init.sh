#!/bin/sh
# Runs once, when the volume is empty: databases, and one sign-in for each program with no more rights than it needs.
set -eu
psql --set ON_ERROR_STOP=1 --username postgres \
  --set sicil_password="$(cat /run/secrets/sicil_password)" \
  --set temporal_password="$(cat /run/secrets/temporal_password)" <<'SQL'
create role sicil_owner nologin;
create role sicil_app nologin;
-- API and workers: members of the role that owns nothing. Only the migration signs in as postgres.
create role sicil_login login password :'sicil_password' in role sicil_app;
create role temporal login password :'temporal_password';
create database sicil;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke connect on database sicil, temporal, temporal_visibility from public;
SQL
