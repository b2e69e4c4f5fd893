#!/bin/sh
# Brings both of Temporal's schemas to the version of its tools; repeating it changes nothing.
set -eu
SQL_PASSWORD="$(cat /run/secrets/temporal_password)"
export SQL_PASSWORD
for database in temporal visibility; do
  name=temporal
  [ "$database" = visibility ] && name=temporal_visibility
  sql() { temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db "$name" "$@"; }
  sql setup-schema --version 0.0
  sql update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$database/versioned"
done
