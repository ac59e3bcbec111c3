/** Builds the page: one script and one style, each with the hash of its content in its name. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rspack } from '@rspack/core';

const browser = join(import.meta.dirname, 'browser');

/** Writes the page to a folder, and removes the files of earlier builds. */
export async function buildPage(folder) {
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) rmSync(join(folder, file));
  const compiler = rspack({
    mode: 'production',
    target: ['web', 'es2022'],
    context: browser,
    entry: { page: ['./style.css', './main.tsx'] },
    output: { path: folder, filename: '[name].[contenthash:8].js', cssFilename: '[name].[contenthash:8].css' },
    resolve: { extensions: ['.tsx', '.ts', '.js'], extensionAlias: { '.js': ['.ts', '.tsx', '.js'] } },
    module: {
      rules: [
        {
          test: /\.tsx?$/,
          loader: 'builtin:swc-loader',
          options: {
            jsc: {
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic', importSource: 'preact' } },
              target: 'es2022',
            },
          },
        },
        { test: /\.css$/, type: 'css' },
      ],
    },
    performance: { hints: false },
    devtool: false,
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => (error ? reject(error) : resolve(result)));
  });
  await new Promise((resolve) => compiler.close(resolve));
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
}
