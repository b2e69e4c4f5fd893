import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import express from 'express';

import { systemClock } from '../clock';
import { loadConfig } from '../config';
import { connect } from '../db/connection';
import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { readCustomer } from '../operations/customers';
import { openKeyRing } from '../stores/keys';
import { answerQuestions } from './contestants';

/** One bare Express route with the product's read of a customer: nobody is asked who they are, nothing is measured. */
function main(): void {
  const config = loadConfig(process.env);
  const dealerId = process.env['BENCH_DEALER'] ?? '';
  const database: Database = {
    knex: connect(config.databaseUrl, 'app'),
    clock: systemClock(),
    keys: openKeyRing(config.masterKeyFile),
  };
  const app = express();
  app.get('/customers/:id', async (req, res) => {
    res.json(await inDealer(database, dealerId, SYSTEM, (tx) => readCustomer(tx, req.params.id)));
  });
  const server = createServer(app);
  const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  answerQuestions({
    address: async () => {
      await listening;
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
  });
}

main();
