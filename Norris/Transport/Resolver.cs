using System.Net;
using System.Net.Sockets;

namespace Norris.Transport;

/// <summary>
/// Finds the addresses of a host that somebody typed. In this order: an address is itself; <c>localhost</c> and names under it
/// are the loopback addresses whatever any file says (RFC 6761, section 6.3); then the hosts file, read here because a
/// statically linked C library without its plug-ins reads none; then the system's resolver. A name that does not resolve is
/// an outcome, not an exception.
/// </summary>
internal sealed class Resolver
{
    private const string HostsFile = "/etc/hosts";
    private const string ServersFile = "/etc/resolv.conf";
    private const int HostsBytesMax = 16 << 20;

    private readonly Func<string?> _readHosts;
    private readonly Func<bool> _hasServers;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _ask;

    /// <summary>A resolver with sources of its own.</summary>
    /// <param name="readHosts">The content of the hosts file; null when there is none.</param>
    /// <param name="hasServers">Whether the machine is told any DNS servers.</param>
    /// <param name="ask">The system's resolver; throws <see cref="SocketException"/> when it finds nothing.</param>
    public Resolver(Func<string?> readHosts, Func<bool> hasServers, Func<string, CancellationToken, Task<IPAddress[]>> ask)
    {
        _readHosts = readHosts;
        _hasServers = hasServers;
        _ask = ask;
    }

    /// <summary>The machine's own.</summary>
    public static Resolver OfThisMachine { get; } = new(ReadHostsFile, () => File.Exists(ServersFile), Dns.GetHostAddressesAsync);

    /// <summary>Finds the addresses of <paramref name="host"/>, in the order in which to try them.</summary>
    /// <param name="host">An address, with or without the brackets of IPv6, or a name.</param>
    /// <param name="cancellation">Ends the waiting; the outcome is then that no answer came in time.</param>
    public async ValueTask<Resolution> ResolveAsync(string host, CancellationToken cancellation)
    {
        string bare = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        if (IPAddress.TryParse(bare, out IPAddress? literal))
        {
            return Resolution.Found([literal]);
        }
        string name = bare.TrimEnd('.');
        if (name.Length == 0)
        {
            return Resolution.NotFound("an empty name does not resolve");
        }
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return Resolution.Found([IPAddress.Loopback, IPAddress.IPv6Loopback]);
        }
        IPAddress[] listed = _readHosts() is { } hosts ? FindInHosts(hosts, name) : [];
        return listed.Length > 0 ? Resolution.Found(listed) : await AskAsync(name, cancellation);
    }

    private async ValueTask<Resolution> AskAsync(string name, CancellationToken cancellation)
    {
        try
        {
            // The system's resolver blocks a thread and cannot be called back; it is left behind when the time is up.
            IPAddress[] addresses = await _ask(name, cancellation).WaitAsync(cancellation);
            return addresses.Length > 0 ? Resolution.Found(addresses) : Unresolved(name, "it has no address");
        }
        catch (OperationCanceledException)
        {
            return Unresolved(name, "no answer came in time; use an IP address, or add the name to /etc/hosts");
        }
        catch (SocketException e)
        {
            return Unresolved(name, Explain(e.SocketErrorCode));
        }
        catch (ArgumentException)
        {
            return Unresolved(name, "it is no host name");
        }
    }

    private string Explain(SocketError error)
    {
        if (!_hasServers())
        {
            return $"there is no {ServersFile} here; use an IP address, or add the name to {HostsFile}";
        }
        return error switch
        {
            SocketError.HostNotFound => $"neither {HostsFile} nor the DNS servers know it",
            SocketError.NoData => "it is known, but has no address",
            SocketError.TryAgain => $"the DNS servers in {ServersFile} do not answer; try again later, or use an IP address",
            _ => $"the system's resolver failed: {error}; use an IP address, or add the name to {HostsFile}",
        };
    }

    private static Resolution Unresolved(string name, string why) => Resolution.NotFound($"the name \"{name}\" does not resolve ({why})");

    // hosts(5): an address, blanks, names, and # begins a comment. A name may be on several lines.
    private static IPAddress[] FindInHosts(string hosts, string name)
    {
        var found = new List<IPAddress>();
        foreach (string line in hosts.Split('\n'))
        {
            string[] words = line.Split('#')[0].Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Skip(1).Any(word => word.TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase))
                && IPAddress.TryParse(words[0], out IPAddress? address) && !found.Contains(address))
            {
                found.Add(address);
            }
        }
        return [.. found];
    }

    private static string? ReadHostsFile()
    {
        try
        {
            var file = new FileInfo(HostsFile);
            return file.Exists && file.Length <= HostsBytesMax ? File.ReadAllText(HostsFile) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>What came of a resolution: addresses, or the one line that says why there are none.</summary>
internal sealed record Resolution
{
    private Resolution(IReadOnlyList<IPAddress> addresses, string? failure) => (Addresses, Failure) = (addresses, failure);

    /// <summary>In the order in which to try them; empty when <see cref="Failure"/> is there.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>Why there is no address, and what to do; null when there is one.</summary>
    public string? Failure { get; }

    /// <summary>There are addresses; at least one.</summary>
    public static Resolution Found(IReadOnlyList<IPAddress> addresses) => new(addresses, null);

    /// <summary>There is none.</summary>
    public static Resolution NotFound(string failure) => new([], failure);
}
