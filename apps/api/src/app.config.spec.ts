import { describe, expect, it } from 'vitest';
import { AppConfig } from './app.config.js';

describe(AppConfig, () => {
  it('stays up for a while after SIGTERM in production only', () => {
    expect(new AppConfig({}).shutdownDelayMs).toBe(0);
    expect(new AppConfig({ NODE_ENV: 'production' }).shutdownDelayMs).toBe(5_000);
    expect(new AppConfig({ NODE_ENV: 'production', SHUTDOWN_DELAY: '0s' }).shutdownDelayMs).toBe(0);
  });

  it('has a cursor secret that is the same after a restart and says nothing of the database', () => {
    const { cursorSecret } = new AppConfig({});
    expect(new AppConfig({ DATABASE_URL: 'postgres://u:p@h/db' }).cursorSecret).toBe(cursorSecret);
    expect(new AppConfig({ CURSOR_SECRET: 'sixteen letters!' }).cursorSecret).toBe('sixteen letters!');
  });

  it('warns in production of what is only fit for development', () => {
    expect(new AppConfig({}).warnings).toEqual([]);
    const { warnings } = new AppConfig({ NODE_ENV: 'production' });
    expect(warnings.join('\n')).toMatch(/CURSOR_SECRET[^]*DATABASE_URL/);
    const complete = { NODE_ENV: 'production', CURSOR_SECRET: 'sixteen letters!', DATABASE_URL: 'postgres://h/db' };
    expect(new AppConfig(complete).warnings).toEqual([]);
  });
});
