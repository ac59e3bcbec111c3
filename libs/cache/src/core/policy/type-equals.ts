/** Whether two types are the same one: unlike assignability, it tells `any`, wider and narrower types apart. */
export type TypeEquals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
