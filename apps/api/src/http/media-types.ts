/** A merge patch (RFC 7396). Only PATCH accepts it. */
export const mergePatch = 'application/merge-patch+json';

/** The media types of request bodies. */
export const mediaTypes: readonly string[] = ['application/json', mergePatch];

/** The header that names the media types of a PATCH (RFC 5789 §3.1). */
export const acceptPatch = { 'accept-patch': mediaTypes.join(', ') } as const;

/** The header of every answer that forbids browsers to take it for another media type. */
export const noSniffing = { 'x-content-type-options': 'nosniff' } as const;
