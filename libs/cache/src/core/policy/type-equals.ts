/** Whether two types are identical. Unlike assignability, it distinguishes `any`, wider and narrower types. */
export type TypeEquals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
