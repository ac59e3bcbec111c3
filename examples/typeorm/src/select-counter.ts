import { AbstractLogger, type LogLevel, type LogMessage } from 'typeorm';

/** Counts the queries of users, in place of a log. */
export class SelectCounter extends AbstractLogger {
  static count = 0;

  protected writeLog(_level: LogLevel, message: LogMessage | string | number | (LogMessage | string | number)[]): void {
    const messages = Array.isArray(message) ? message : [message];
    const texts = messages.map((each) => (typeof each === 'object' ? String(each.message) : String(each)));
    SelectCounter.count += texts.filter((text) => /^select .* from "users"/i.test(text)).length;
  }
}
