import Model

/// The zone of Chicago by the rules of the United States since 1967, computed here, so that what a time means does not
/// depend on which zone files a machine has. Before 1967 it is standard time all year.
enum CentralTime {
  /// Seconds that local time is ahead of UTC (so they are negative) when clocks show a time, given in seconds since
  /// 1970 as if it were UTC. Of the hour that clocks show twice it is the first one; the hour that they leave out is
  /// counted in standard time.
  static func secondsEast(local: Int64) -> Int64 {
    let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    guard let summer = summer(of: CivilDate(days: day).year) else { return standard }
    return local >= summer.first * 86_400 + 3 * 3600 && local < summer.last * 86_400 + 2 * 3600 ? daylight : standard
  }

  private static let standard: Int64 = -6 * 3600
  private static let daylight: Int64 = -5 * 3600

  /// The days on which clocks are changed, at two in the morning.
  private static func summer(of year: Int64) -> (first: Int64, last: Int64)? {
    switch year {
    case 2007...: (sunday(2, month: 3, year), sunday(1, month: 11, year))
    case 1987...: (sunday(1, month: 4, year), lastSunday(month: 10, year))
    case 1976...: (lastSunday(month: 4, year), lastSunday(month: 10, year))
    // The years of the oil crisis.
    case 1975: (day(year, 2, 23), lastSunday(month: 10, year))
    case 1974: (day(year, 1, 6), lastSunday(month: 10, year))
    case 1967...: (lastSunday(month: 4, year), lastSunday(month: 10, year))
    default: nil
    }
  }

  private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    CivilDate(year: year, month: month, day: day)?.days ?? 0
  }

  /// The first, second … Sunday of a month. 1970-01-01 was a Thursday.
  private static func sunday(_ number: Int64, month: Int64, _ year: Int64) -> Int64 {
    let first = day(year, month, 1)
    return first + (7 - ((first + 4) % 7 + 7) % 7) % 7 + (number - 1) * 7
  }

  /// The last Sunday of April or October: the one before the first of the month after.
  private static func lastSunday(month: Int64, _ year: Int64) -> Int64 { sunday(1, month: month + 1, year) - 7 }
}
