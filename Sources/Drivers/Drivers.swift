import Model

/// How a run specification becomes a command, and what is made of the way it ended. Pure: the caller spawns, waits and
/// reads files.
public enum Drivers {
  /// The most bytes of one result file that are worth reading; `read` should return nil beyond it.
  public static let resultsLimit = 64 << 20

  /// The command for a case.
  ///
  /// Throws a `definition` fault that names the driver and the argument, if something is missing or has the wrong shape.
  public static func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command {
    guard let driver = drivers[spec.driver] else {
      throw Fault(
        .definition, "there is no driver named \(spec.driver)",
        hint: "drivers are " + drivers.keys.sorted().joined(separator: ", "))
    }
    var command = try driver.command(for: spec, in: context)
    for (name, value) in spec.environment where context.environment[name] == nil {
      command.environment[name] = value
    }
    return command
  }

  /// The verdict on an ended attempt.
  ///
  /// `read` takes a path relative to the results folder and returns the file's bytes, or nil if there is none that can
  /// be read or it is larger than ``resultsLimit``. What it returns is not trusted.
  public static func judge(
    _ ending: Ending, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?
  ) -> Judgement {
    guard let driver = drivers[spec.driver] else { return .error("there is no driver named \(spec.driver)") }
    if let judgement = Judgement.ofEnding(ending) { return judgement }
    guard case .exited(let status) = ending else { return .error("it did not end") }
    return driver.judge(status, spec: spec, context: context, read: read)
  }

  /// Seconds that the specification itself allows (`max_duration` of `bashfeature`), above 0; nil if it says nothing.
  /// The caller takes the smaller of this and the case's timeout.
  public static func timeout(for spec: RunSpec) -> Double? {
    guard spec.driver == "bashfeature", let seconds = spec.args["max_duration"]?.number else { return nil }
    return seconds > 0 && seconds.isFinite ? seconds : nil
  }

  private static let drivers: [String: any Driver] = [
    "exec": ExecDriver(), "bashfeature": BashFeatureDriver(), "unit": UnitDriver(), "pytest": PytestDriver(),
    "robotframework": RobotDriver(), "xtesting": XtestingDriver(),
  ]
}

/// One way to run cases.
protocol Driver: Sendable {
  /// The command; throws a `definition` fault for arguments that make no sense.
  func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command
  /// The verdict on a command that exited by itself.
  func judge(_ status: Int32, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?) -> Judgement
}
