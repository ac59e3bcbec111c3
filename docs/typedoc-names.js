import { Converter } from 'typedoc';
import { entries } from './typedoc.config.js';

/** Names each entry as applications import it: typedoc would name it by the path of its source. */
export function load(app) {
  const names = new Map(entries.map(([name, source]) => [source, name]));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      module.name = names.get(project.files.getReflectionPath(module)) ?? module.name;
    }
  });
}
