import DefaultTheme from 'vitepress/theme-without-fonts';
import { MermaidDrawing } from './mermaid-drawing.js';

/** VitePress' own theme with the fonts of the reader's system, and with drawings. */
export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => app.component('MermaidDrawing', MermaidDrawing),
};
