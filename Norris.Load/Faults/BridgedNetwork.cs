using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Norris.Load.Faults;

/// <summary>
/// A small network that can be cut: a bridge in a namespace of its own, and a namespace with one address for each node. What passes the
/// bridge is dropped in silence between places that are cut, as by a cable that was pulled out. It needs root, ip and nft.
/// The namespaces are called norris-PROCESS-COUNT-PLACE; those that a process left behind which is no more are removed by the next.
/// </summary>
internal sealed class BridgedNetwork : IDisposable
{
    /// <summary>The port at which <see cref="Refuse"/> refuses.</summary>
    public const int Port = 7000;

    /// <summary>What is said where there is no such network.</summary>
    public const string Obstacle = "no network namespaces here";

    private const string Prefix = "norris-";

    private static readonly Lazy<bool> IsPossibleHere = new(Try);
    private static int _count;

    private readonly string _name;
    private readonly int _places;

    private BridgedNetwork(int places)
    {
        _places = places;
        _name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-");
    }

    private string Bridge => _name + "bridge";

    /// <summary>Whether this machine lets such networks be made; found out by making a small one.</summary>
    public static bool IsPossible => IsPossibleHere.Value;

    /// <summary>Makes a network of so many places, where all reach each other.</summary>
    public static BridgedNetwork Create(int places)
    {
        RemoveLeftovers();
        var network = new BridgedNetwork(places);
        AppDomain.CurrentDomain.ProcessExit += network.OnExit;
        try
        {
            network.Build();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The address of a place.</summary>
    public static string AddressOf(int place) => string.Create(CultureInfo.InvariantCulture, $"10.83.0.{place + 1}");

    /// <summary>What to write before a command, so that it runs at a place.</summary>
    public string[] CommandAt(int place) => ["ip", "netns", "exec", NameOf(place)];

    /// <summary>Lets nothing pass between the sides.</summary>
    public void Split(params int[][] sides)
    {
        IEnumerable<(int From, int To)> pairs =
            from side in sides
            from other in sides
            where side != other
            from place in side
            from otherPlace in other
            select (place, otherPlace);
        Drop(pairs);
    }

    /// <summary>Lets nothing pass from one place to others; what they send still arrives.</summary>
    public void CutOneWay(int from, params int[] to) => Drop(to.Select(place => (from, place)));

    /// <summary>Has one place refuse to be connected to from another at <see cref="Port"/>, and resets what is open.</summary>
    public void Refuse(int from, int at) => Run("nft", string.Create(CultureInfo.InvariantCulture, $$"""
        table ip norris {
          chain input {
            type filter hook input priority 0;
            ip saddr {{AddressOf(from)}} tcp dport {{Port}} reject with tcp reset
          }
        }
        """), [.. CommandAt(at), "nft", "-f", "-"]);

    /// <summary>Lets everything pass again.</summary>
    public void Heal() => Run("nft", "flush set bridge norris cut\n", ["ip", "netns", "exec", Bridge, "nft", "-f", "-"]);

    /// <summary>Removes the network. Processes that still run in it are cut off.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Remove([.. Enumerable.Range(0, _places).Select(NameOf), Bridge]);
    }

    private static bool Try()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return false;
        }
        try
        {
            using BridgedNetwork network = Create(2);
            network.Split([0], [1]);
            network.Refuse(0, 1);
            network.Heal();
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return false;
        }
    }

    private static void RemoveLeftovers()
    {
        if (!Directory.Exists("/run/netns"))
        {
            return;
        }
        IEnumerable<string> left = Directory.GetFiles("/run/netns", Prefix + "*").Select(path => Path.GetFileName(path)).Where(name =>
            name.Split('-') is [_, var process, ..] && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            && (id == Environment.ProcessId ? _count == 0 : !Directory.Exists($"/proc/{id}")));
        Remove([.. left]);
    }

    private static void Remove(string[] names) =>
        Run("ip", string.Concat(names.Where(name => File.Exists("/run/netns/" + name)).Select(name => $"netns del {name}\n")), ["ip", "-force", "-batch", "-"]);

    private static void Run(string tool, string input, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{tool}: {errors.Trim()}");
        }
    }

    private string NameOf(int place) => _name + place.ToString(CultureInfo.InvariantCulture);

    private static string Plug(int place) => "plug" + place.ToString(CultureInfo.InvariantCulture);

    private void Build()
    {
        IEnumerable<int> places = Enumerable.Range(0, _places);
        Run("ip", string.Concat([
            $"netns add {Bridge}\n",
            .. places.Select(place => $"netns add {NameOf(place)}\n"),
            .. places.Select(place => $"link add name {Plug(place)} netns {Bridge} type veth peer name eth0 netns {NameOf(place)}\n"),
        ]), ["ip", "-batch", "-"]);
        Run("ip", string.Concat([
            "link add name bridge0 type bridge\n",
            "link set bridge0 up\n",
            .. places.Select(place => $"link set {Plug(place)} master bridge0 up\n"),
        ]), ["ip", "-netns", Bridge, "-batch", "-"]);
        foreach (int place in places)
        {
            Run("ip", $"link set lo up\naddr add {AddressOf(place)}/24 dev eth0\nlink set eth0 up\n", ["ip", "-netns", NameOf(place), "-batch", "-"]);
        }
        Run("nft", """
            table bridge norris {
              set cut { type ifname . ifname; }
              chain forward {
                type filter hook forward priority 0;
                iifname . oifname @cut drop
              }
            }

            """, ["ip", "netns", "exec", Bridge, "nft", "-f", "-"]);
    }

    private void OnExit(object? sender, EventArgs e) => Dispose();

    private void Drop(IEnumerable<(int From, int To)> pairs) => Run(
        "nft",
        $"add element bridge norris cut {{ {string.Join(", ", pairs.Select(pair => $"\"{Plug(pair.From)}\" . \"{Plug(pair.To)}\""))} }}\n",
        ["ip", "netns", "exec", Bridge, "nft", "-f", "-"]);
}
