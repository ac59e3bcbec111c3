/** A merge patch (RFC 7396). Only PATCH accepts it. */
export const mergePatch = 'application/merge-patch+json';

/** The media types of request bodies. */
export const mediaTypes: readonly string[] = ['application/json', mergePatch];

/** The header that names the media types of a PATCH (RFC 5789 §3.1). */
export const acceptPatch = { 'accept-patch': mediaTypes.join(', ') } as const;
