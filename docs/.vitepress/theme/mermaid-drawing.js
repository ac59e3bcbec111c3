import { useData } from 'vitepress';
import { defineComponent, h, onMounted, ref, watch } from 'vue';

let drawings = 0;

/** Draws a diagram in the browser. Only pages with a diagram load mermaid. */
export const MermaidDrawing = defineComponent({
  props: { source: { type: String, required: true } },
  setup({ source }) {
    const { isDark } = useData();
    const svg = ref('');
    const draw = async () => {
      const { default: mermaid } = await import('@mermaid-js/tiny');
      mermaid.initialize({ startOnLoad: false, theme: isDark.value ? 'dark' : 'neutral', fontFamily: 'inherit' });
      drawings += 1;
      svg.value = (await mermaid.render(`drawing-${drawings}`, decodeURIComponent(source))).svg;
    };
    onMounted(() => watch(isDark, draw, { immediate: true }));
    return () => (svg.value ? h('div', { innerHTML: svg.value }) : h('pre', decodeURIComponent(source)));
  },
});
