#!/bin/sh
# Secrets arrive as files. The program reads two of them from its environment, which no image and no compose file may hold.
set -eu
if [ -n "${DATABASE_PASSWORD_FILE:-}" ]; then
  DATABASE_URL="postgres://${DATABASE_USER}:$(cat "$DATABASE_PASSWORD_FILE")@postgres:5432/sicil"
  export DATABASE_URL
fi
if [ -n "${SMTP_URL_FILE:-}" ]; then
  SMTP_URL="$(cat "$SMTP_URL_FILE")"
  export SMTP_URL
fi
exec "$@"
