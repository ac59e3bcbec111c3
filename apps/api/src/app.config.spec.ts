import { describe, expect, it } from 'vitest';
import { AppConfig } from './app.config.js';

describe(AppConfig, () => {
  it('listens on all addresses in production, and otherwise on this machine only', () => {
    expect(new AppConfig({}).host).toBe('127.0.0.1');
    expect(new AppConfig({ NODE_ENV: 'test' }).host).toBe('127.0.0.1');
    expect(new AppConfig({ NODE_ENV: 'production' }).host).toBe('0.0.0.0');
    expect(new AppConfig({ NODE_ENV: 'production', HOST: '10.0.0.1' }).host).toBe('10.0.0.1');
  });

  it('waits before it stops after SIGTERM in production only', () => {
    expect(new AppConfig({}).shutdownDelayMs).toBe(0);
    expect(new AppConfig({ NODE_ENV: 'production' }).shutdownDelayMs).toBe(5_000);
    expect(new AppConfig({ NODE_ENV: 'production', SHUTDOWN_DELAY: '0s' }).shutdownDelayMs).toBe(0);
  });

  it('serves the dashboard by default only in development, and in a test with tokens', () => {
    const ADMIN_TOKENS = 'ops:read:operator-secret-0123456789';
    expect(new AppConfig({}).dashboard).toBe('full');
    expect(new AppConfig({ NODE_ENV: 'test' }).dashboard).toBe('off');
    expect(new AppConfig({ NODE_ENV: 'test', ADMIN_TOKENS }).dashboard).toBe('full');
    expect(new AppConfig({ NODE_ENV: 'production', ADMIN_TOKENS }).dashboard).toBe('off');
    expect(new AppConfig({ NODE_ENV: 'production', ADMIN_TOKENS, DASHBOARD: 'full' }).dashboard).toBe('full');
  });

  it('makes a token in development, also if the text of the tokens is blank', () => {
    expect(new AppConfig({}).adminTokens).toEqual([expect.objectContaining({ name: 'development' })]);
    expect(new AppConfig({ ADMIN_TOKENS: ' ' }).adminTokens).toEqual([
      expect.objectContaining({ name: 'development' }),
    ]);
    expect(new AppConfig({ NODE_ENV: 'production', ADMIN_TOKENS: ' ' }).adminTokens).toEqual([]);
  });

  it('warns about a setting that is probably misspelt', () => {
    expect(new AppConfig({ REDIS_URI: 'redis://h' }).warnings).toEqual([
      'REDIS_URI is not a setting. Did you mean REDIS_URL?',
    ]);
  });

  it('warns about the embedded database in production', () => {
    expect(new AppConfig({}).warnings).toEqual([]);
    expect(new AppConfig({ NODE_ENV: 'production' }).warnings.join()).toMatch(/^DATABASE_URL is not set: /);
    expect(new AppConfig({ NODE_ENV: 'production', DATABASE_URL: 'postgres://h/db' }).warnings).toEqual([]);
  });
});
