/** Lets httpyac read `{{ada.response.body.$.id}}` and `{{ada.response.headers.ETag}}`, as the REST client of VS Code does. */
module.exports = {
  configureHooks({ hooks }) {
    hooks.replaceVariable.addHook('rest-client', replaceReferences, { before: ['javascript'] });
  },
};

const reference = /\{\{(\w+)\.response\.(headers|body\.\$)\.([\w.-]+)\}\}/g;

function replaceReferences(text, _type, { variables }) {
  if (typeof text !== 'string') return text;
  return text.replaceAll(reference, (whole, name, part, path) => {
    const response = variables[`${name}Response`];
    if (!response) return whole;
    if (part === 'headers') return response.headers[path.toLowerCase()];
    return path.split('.').reduce((value, key) => value?.[key], response.parsedBody);
  });
}
