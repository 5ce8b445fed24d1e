using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Norris.Protocol;
using Norris.Protocol.Membership;

namespace Norris.Options;

/// <summary>Turns typed values into <see cref="NodeOptions"/>, and collects one line for each that makes no sense.</summary>
internal sealed class OptionsReader(IEnumerable<string> errorsBefore)
{
    /// <summary>The smallest retention, in bytes: less would not hold the largest entry.</summary>
    public const long RetentionBytesMin = 1024 * 1024;

    /// <summary>The most nodes that one is asked to serve itself.</summary>
    public const int FanOutMax = 65_535;

    /// <summary>The environment variable that may hold the secret instead of a file.</summary>
    public const string SecretVariable = "NORRIS_SECRET";

    /// <summary>The environment variable that may hold the key for people and scripts.</summary>
    public const string WebKeyVariable = "NORRIS_WEB_KEY";

    private const int AdvertiseBytesMax = byte.MaxValue;

    private static readonly TimeSpan HeartbeatMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan HeartbeatMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromHours(1);

    private readonly List<string> _errors = [.. errorsBefore];

    /// <summary>What is wrong, one line each.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Adds a line.</summary>
    public void Report(string error) => _errors.Add(error);

    /// <summary>The checked options, or null when there are <see cref="Errors"/>.</summary>
    public NodeOptions? Read(CommandLineOptions typed, Func<string, string?> environment)
    {
        IPEndPoint listen = ReadOwnAddress("--listen", typed.Listen, new IPEndPoint(IPAddress.Loopback, 7000));
        TimeSpan heartbeat = ReadDuration("--heartbeat", typed.Heartbeat, TimeSpan.FromMilliseconds(100), HeartbeatMin, HeartbeatMax);
        TimeSpan timeout = ReadDuration("--timeout", typed.Timeout, TimeSpan.FromSeconds(1), HeartbeatMin, TimeoutMax);
        var options = new NodeOptions
        {
            Listen = listen,
            Join = ReadJoin(typed.Join, out bool isAuto),
            JoinAuto = isAuto,
            Advertise = ReadAdvertise(typed.Advertise),
            Name = ReadName(typed.Name, environment),
            Headless = typed.Headless,
            Output = ReadOutput(typed.Output),
            Partition = ReadPartition(typed.Partition),
            ReorderWindow = ReadReorderWindow(typed.ReorderWindow),
            Heartbeat = heartbeat,
            Timeout = timeout,
            RetentionBytes = ReadRetention(typed.Retention),
            FanOut = ReadFanOut(typed.FanOut),
            LogLevel = ReadLogLevel(typed.LogLevel),
            SecretFile = typed.SecretFile,
            Secret = typed.SecretFile is null ? environment(SecretVariable) : null,
            WebKey = ReadWebKey(environment(WebKeyVariable)),
            Web = ReadOwnAddress("--web", typed.Web, new IPEndPoint(IPAddress.Loopback, 0)),
        };
        if (typed.Completion is { } shell)
        {
            Report(UsageError.For("--completion", shell, "must be bash, zsh or fish"));
        }
        if (typed.SecretFile is not null && environment(SecretVariable) is not null)
        {
            Report($"--secret-file {UsageError.Shown(typed.SecretFile)}: {SecretVariable} is set as well; give one of the two");
        }
        if (typed.Web is not null && !options.IsSecured)
        {
            Report(UsageError.For("--web", typed.Web, "only a network with a secret has an address of its own for the page and scripts; without one they use --listen"));
        }
        if (_errors.Count == 0)
        {
            CheckTogether(options);
        }
        return _errors.Count == 0 ? options : null;
    }

    private void CheckTogether(NodeOptions options)
    {
        if (options.Timeout < 3 * options.Heartbeat)
        {
            // One late heartbeat is an ordinary delay; suspecting somebody for it would change hosts for nothing.
            string least = DurationValue.Format(3 * options.Heartbeat);
            Report(UsageError.For("--timeout", DurationValue.Format(options.Timeout),
                $"must be at least three times --heartbeat {DurationValue.Format(options.Heartbeat)}, so {least} or more"));
        }
        if (options.JoinAuto && options.Listen.AddressFamily != AddressFamily.InterNetwork)
        {
            Report(UsageError.For("--join", "auto",
                $"looks for others over IPv4, and --listen {options.Listen} is IPv6; name a member's address, or listen on an IPv4 address"));
        }
        if (options.ReorderWindow > options.Timeout)
        {
            Report(UsageError.For("--reorder-window", DurationValue.Format(options.ReorderWindow.Value),
                $"must not be longer than --timeout {DurationValue.Format(options.Timeout)}"));
        }
    }

    private IPEndPoint ReadOwnAddress(string option, string? typed, IPEndPoint otherwise)
    {
        if (typed is null)
        {
            return otherwise;
        }
        if (!HostAndPort.TryParse(typed, portMin: 0, out HostAndPort? place, out string error))
        {
            Report(UsageError.For(option, typed, error));
            return otherwise;
        }
        IPAddress? address = place!.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback : place.Address;
        if (address is null)
        {
            Report(UsageError.For(option, typed, "an address of this machine is needed, as in 0.0.0.0:7000 (all of them) or 127.0.0.1:7000"));
            return otherwise;
        }
        return new IPEndPoint(address, place.Port);
    }

    private MemberToken ReadWebKey(string? given)
    {
        MemberToken key = MemberToken.None;
        if (given is not null && !MemberToken.TryParse(System.Text.Encoding.UTF8.GetBytes(given), out key))
        {
            // Not shown: it is a secret, if a wrong one.
            Report($"{WebKeyVariable}: 32 hexadecimal digits, not all of them 0, are accepted; without it a node makes a key of its own at every start");
        }
        return key;
    }

    private List<HostAndPort> ReadJoin(IEnumerable<string> typed, out bool isAuto)
    {
        var join = new List<HostAndPort>();
        isAuto = false;
        foreach (string one in typed.Select(part => part.Trim()).Where(part => part.Length > 0))
        {
            if (one.Equals("auto", StringComparison.OrdinalIgnoreCase))
            {
                isAuto = true;
            }
            else if (!HostAndPort.TryParse(one, portMin: 1, out HostAndPort? place, out string error))
            {
                Report(UsageError.For("--join", one, error));
            }
            else if (IsWildcard(place!))
            {
                Report(UsageError.For("--join", one, "nobody can be dialled there; give a member's own address, as in 192.0.2.1:7000"));
            }
            else if (!join.Contains(place!))
            {
                join.Add(place!);
            }
        }
        if (join.Count == 0 && !isAuto && typed.Any() && _errors.Count == 0)
        {
            Report(UsageError.For("--join", string.Join(',', typed), "give an ADDR:PORT, or several with commas between them, or auto"));
        }
        return join;
    }

    private HostAndPort? ReadAdvertise(string? typed)
    {
        if (typed is null)
        {
            return null;
        }
        if (!HostAndPort.TryParse(typed, portMin: 1, out HostAndPort? place, out string error))
        {
            Report(UsageError.For("--advertise", typed, error));
        }
        else if (IsWildcard(place!) || typed.Length > AdvertiseBytesMax)
        {
            Report(UsageError.For("--advertise", typed, "others cannot dial this; give the address by which they reach this node, as in 192.0.2.1:7000"));
        }
        return place;
    }

    private static bool IsWildcard(HostAndPort place) => IPAddress.Any.Equals(place.Address) || IPAddress.IPv6Any.Equals(place.Address);

    private string? ReadName(string? typed, Func<string, string?> environment)
    {
        if (typed is not null)
        {
            if (!DisplayName.IsValid(typed))
            {
                Report(UsageError.For("--name", typed, $"a name is {DisplayName.Accepted}"));
            }
            return typed;
        }
        string? login = environment("USER") is { Length: > 0 } user ? user : environment("LOGNAME");
        return login is not null && DisplayName.IsValid(login) ? login : null;
    }

    private OutputForm ReadOutput(string? typed)
    {
        (bool known, OutputForm form) = typed?.ToLowerInvariant() switch
        {
            null or "text" => (true, OutputForm.Text),
            "json" => (true, OutputForm.Json),
            "none" => (true, OutputForm.None),
            _ => (false, OutputForm.Text),
        };
        if (!known)
        {
            Report(UsageError.For("--output", typed!, "must be text, json or none"));
        }
        return form;
    }

    private PartitionRule ReadPartition(string? typed)
    {
        switch (typed?.ToLowerInvariant())
        {
            case null or "continue":
                return PartitionRule.Continue;
            case "majority":
                return PartitionRule.Majority;
            default:
                Report(UsageError.For("--partition", typed, "must be continue or majority"));
                return PartitionRule.Continue;
        }
    }

    private TimeSpan? ReadReorderWindow(string? typed)
    {
        if (typed is null || typed.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
        if (!DurationValue.TryParse(typed, out TimeSpan window))
        {
            Report(UsageError.For("--reorder-window", typed, $"must be auto, 0, or {DurationValue.Accepted}"));
        }
        return window;
    }

    private TimeSpan ReadDuration(string option, string? typed, TimeSpan otherwise, TimeSpan least, TimeSpan most)
    {
        if (typed is null)
        {
            return otherwise;
        }
        if (!DurationValue.TryParse(typed, out TimeSpan duration))
        {
            Report(UsageError.For(option, typed, $"must be {DurationValue.Accepted}"));
            return otherwise;
        }
        if (duration < least || duration > most)
        {
            Report(UsageError.For(option, typed, $"must be {DurationValue.Format(least)} to {DurationValue.Format(most)}"));
            return otherwise;
        }
        return duration;
    }

    private long? ReadRetention(string? typed)
    {
        if (typed is null)
        {
            return null;
        }
        if (!ByteCountValue.TryParse(typed, out long bytes))
        {
            Report(UsageError.For("--retention", typed, $"must be {ByteCountValue.Accepted}"));
            return null;
        }
        if (bytes < RetentionBytesMin)
        {
            Report(UsageError.For("--retention", typed,
                string.Create(CultureInfo.InvariantCulture, $"must be at least {RetentionBytesMin >> 20}MiB, to hold the largest entry")));
        }
        return bytes;
    }

    private int ReadFanOut(string? typed)
    {
        const int Otherwise = 64;
        if (typed is null)
        {
            return Otherwise;
        }
        if (!int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out int nodes) || nodes is < 1 or > FanOutMax)
        {
            Report(UsageError.For("--fan-out", typed, string.Create(CultureInfo.InvariantCulture, $"must be 1 to {FanOutMax}")));
            return Otherwise;
        }
        return nodes;
    }

    private LogLevel? ReadLogLevel(string? typed)
    {
        if (typed is null)
        {
            return null;
        }
        if (!LogLevelValue.TryParse(typed, out LogLevel level))
        {
            Report(UsageError.For("--log-level", typed, $"must be {LogLevelValue.Accepted}"));
        }
        return level;
    }
}
