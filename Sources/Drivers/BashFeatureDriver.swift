import Model

/// `bashfeature`: a shell command, as in Xtesting. The command is one argument of the shell and never part of a text
/// that is put together here.
struct BashFeatureDriver: Driver {
  func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command {
    let arguments = Arguments(spec)
    _ = try skipStatus(arguments)
    if let value = spec.args["max_duration"], value != .null, Drivers.timeout(for: spec) == nil {
      throw arguments.fault("args.max_duration has to be a number of seconds above 0")
    }
    if spec.args["cmd"]?.array != nil {
      let argv = try arguments.words("cmd")
      guard argv.first?.isEmpty == false else { throw arguments.fault("args.cmd is empty") }
      return Command(
        argv: argv, environment: OwnReason.environment(context), directory: context.workDirectory)
    }
    let command = try arguments.requiredText("cmd", hint: "write args: {cmd: the shell command}")
    return Command(
      argv: [context.shell, "-c", command], environment: OwnReason.environment(context),
      directory: context.workDirectory)
  }

  func judge(_ status: Int32, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?) -> Judgement {
    ExecDriver().judge(status, spec: spec, context: context, read: read)
  }
}
