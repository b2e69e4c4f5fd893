import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** Measures every request by its route's pattern, never by its path: paths hold ids. */
  measure: RequestHandler;
  /** GET /metrics. */
  expose: RequestHandler;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'sicil_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  return {
    measure(_req, res, next) {
      const stop = durations.startTimer();
      res.once('finish', () => {
        const { operation } = res.locals as { operation?: string };
        stop({ method: _req.method, route: operation ?? 'other', status: String(res.statusCode) });
      });
      next();
    },
    async expose(_req, res) {
      res.type(registry.contentType).send(await registry.metrics());
    },
  };
}
