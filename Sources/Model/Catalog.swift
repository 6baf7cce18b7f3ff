/// What people write under `tiers/`, read and checked: tiers in order, domains, and the cases in file order.
public struct Catalog: Hashable, Sendable, Codable {
  /// The tiers in the order they were read.
  public var tiers: [Tier]
  /// Set-up and tear-down of domains, by the domain's name. A domain without either has no entry.
  public var domains: [String: Domain]

  /// Makes a catalog.
  public init(tiers: [Tier] = [], domains: [String: Domain] = [:]) {
    self.tiers = tiers
    self.domains = domains
  }

  /// All cases, in tier order and file order.
  public var cases: [CaseDefinition] { tiers.flatMap(\.cases) }
}

/// An ordered group of cases.
public struct Tier: Hashable, Sendable, Codable {
  /// The name, unique in a catalog.
  public var name: String
  /// Upstream's `order`; displayed only, execution follows the files.
  public var order: Int?
  /// Upstream's `ci_loop`: a regular expression searched in the loop's name; nil when the file has none.
  public var loop: String?
  /// What the tier is for.
  public var description: String
  /// The cases in file order.
  public var cases: [CaseDefinition]
  /// Runs once per run, on one node, before the tier's first case.
  public var setup: Hook?
  /// Runs once per run, on the set-up's node where it can, after the tier's last case.
  public var teardown: Hook?
  /// Where the tier stands.
  public var location: SourceLocation?

  /// Makes a tier.
  public init(
    name: String, order: Int? = nil, loop: String? = nil, description: String = "", cases: [CaseDefinition] = [],
    setup: Hook? = nil, teardown: Hook? = nil, location: SourceLocation? = nil
  ) {
    self.name = name
    self.order = order
    self.loop = loop
    self.description = description
    self.cases = cases
    self.setup = setup
    self.teardown = teardown
    self.location = location
  }
}

/// Cases that share one runtime. Only what concerns all of them stands here.
public struct Domain: Hashable, Sendable, Codable {
  /// Runs once per node before the domain's first unit there.
  public var setup: Hook?
  /// Runs once per node after the domain's last unit there.
  public var teardown: Hook?

  /// Makes a domain.
  public init(setup: Hook? = nil, teardown: Hook? = nil) {
    self.setup = setup
    self.teardown = teardown
  }
}

/// A set-up or tear-down.
public struct Hook: Hashable, Sendable, Codable {
  /// What to run.
  public var run: RunSpec
  /// Files and folders beside the catalog that it needs.
  public var files: [String]
  /// The folder that `files` are relative to.
  public var folder: String
  /// Seconds until it is ended.
  public var timeout: Double

  /// Makes a hook.
  public init(run: RunSpec, files: [String] = [], folder: String = ".", timeout: Double = 300) {
    self.run = run
    self.files = files
    self.folder = folder
    self.timeout = timeout
  }
}

/// One test case: how to run it, what it depends on, what it locks, when it passes.
public struct CaseDefinition: Hashable, Sendable, Codable {
  /// The name, unique in a catalog (upstream: `case_name`, earlier `name`).
  public var name: String
  /// Upstream's `project_name`; files without one belong to `functest`.
  public var project: String
  /// The tier it stands in.
  public var tier: String
  /// Which runtime it needs; a case without one belongs to the domain named as its tier.
  public var domain: String
  /// What it tests.
  public var description: String
  /// False: listed, never run.
  public var isEnabled: Bool
  /// When it passes.
  public var criteria: Criteria
  /// Whether it is a gate.
  public var isBlocking: Bool
  /// What must match for it to run.
  public var dependencies: [Dependency]
  /// How to run it; nil: nothing to run.
  public var run: RunSpec?
  /// Files and folders beside the catalog that it needs, relative to `folder`.
  public var files: [String]
  /// The folder of the catalog file.
  public var folder: String
  /// Seconds until an attempt is ended; nil: the run's default.
  public var timeout: Double?
  /// What it takes, all or none, while it runs.
  public var locks: [LockRequest]
  /// Node labels it needs: key to value; an empty value asks for the key only.
  public var requires: [String: String]
  /// Globs of files to bring back, relative to the attempt's directory.
  public var artifacts: [String]
  /// The author's estimate in seconds, used until there is history.
  public var weight: Double?
  /// `on: each-node`: one instance a node.
  public var onEachNode: Bool
  /// Bytes of output kept per attempt; nil: the run's default (2 GiB).
  public var outputLimit: Int64?
  /// How often it is run again after it failed, 0 to 10; nil: never. Errors of the infrastructure are another matter.
  public var retries: Int?
  /// Where the case stands.
  public var location: SourceLocation?

  /// Makes a case; everything but name and tier has the default of `sortie: 1` files.
  public init(
    name: String, project: String = "functest", tier: String, domain: String? = nil, description: String = "",
    isEnabled: Bool = true, criteria: Criteria = .percentage(100), isBlocking: Bool = false,
    dependencies: [Dependency] = [], run: RunSpec? = nil, files: [String] = [], folder: String = ".",
    timeout: Double? = nil, locks: [LockRequest] = [], requires: [String: String] = [:], artifacts: [String] = [],
    weight: Double? = nil, onEachNode: Bool = false, outputLimit: Int64? = nil, retries: Int? = nil,
    location: SourceLocation? = nil
  ) {
    self.name = name
    self.project = project
    self.tier = tier
    self.domain = domain ?? tier
    self.description = description
    self.isEnabled = isEnabled
    self.criteria = criteria
    self.isBlocking = isBlocking
    self.dependencies = dependencies
    self.run = run
    self.files = files
    self.folder = folder
    self.timeout = timeout
    self.locks = locks
    self.requires = requires
    self.artifacts = artifacts
    self.weight = weight
    self.onEachNode = onEachNode
    self.outputLimit = outputLimit
    self.retries = retries
    self.location = location
  }
}

/// How to run something: a driver and what it is told.
public struct RunSpec: Hashable, Sendable, Codable {
  /// Who resolves the case on the node.
  public enum Entry: Hashable, Sendable, Codable {
    /// A stevedore entry point in `xtesting.testcase`.
    case named(String)
    /// A Python class (Danube to Fraser).
    case type(module: String, name: String)
  }

  /// One of ours: `exec`, `bashfeature`, `unit`, `pytest`, `robotframework`, `xtesting`.
  public var driver: String
  /// For the `xtesting` driver: what to load.
  public var entry: Entry?
  /// The driver's arguments, as written.
  public var args: [String: JSONValue]
  /// Environment for the case; set only where the environment does not have the name already, as Xtesting does.
  public var environment: [String: String]

  /// Makes a run specification.
  public init(
    driver: String, entry: Entry? = nil, args: [String: JSONValue] = [:], environment: [String: String] = [:]
  ) {
    self.driver = driver
    self.entry = entry
    self.args = args
    self.environment = environment
  }

  /// The drivers an agent has. A `run.name` that is none of them belongs to `xtesting`.
  public static let drivers: Set<String> = ["exec", "bashfeature", "unit", "pytest", "robotframework", "xtesting"]
}

/// One condition of a case on its surroundings.
public struct Dependency: Hashable, Sendable, Codable {
  /// The environment variable that is looked at.
  public var variable: String
  /// A Python regular expression, searched (not matched) in the value; nil (a YAML null) never matches.
  public var pattern: String?
  /// Colorado to Fraser: an unset or empty variable satisfies the condition. Xtesting: it is searched as the empty text.
  public var isMetWhenUnset: Bool
  /// Where it stands.
  public var location: SourceLocation?

  /// Makes a condition.
  public init(variable: String, pattern: String?, isMetWhenUnset: Bool, location: SourceLocation? = nil) {
    self.variable = variable
    self.pattern = pattern
    self.isMetWhenUnset = isMetWhenUnset
    self.location = location
  }
}

/// A lock that a case takes while it runs. Cases that name none share the SUT: `LockRequest("sut", .shared)`.
public struct LockRequest: Hashable, Sendable, Codable {
  /// Whether others may hold the lock at the same time.
  public enum Mode: String, Sendable, Codable { case shared, exclusive }
  /// The lock's name; `sut` is the system under test.
  public var name: String
  /// The mode.
  public var mode: Mode

  /// Makes a request.
  public init(_ name: String, _ mode: Mode) {
    self.name = name
    self.mode = mode
  }
}
