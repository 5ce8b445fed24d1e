using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Norris.Load.Nodes;
using Norris.Load.Verification;

namespace Norris.Load.Compare.Peers;

/// <summary>A server's process: started, measured and ended by its id.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
    }

    /// <summary>Processor time that it has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that it had.</summary>
    public double PeakMebibytes => ProcessMemory.Of(_process.Id).PeakMebibytes;

    /// <summary>Where a program is, on the path or where Debian puts servers; null when nowhere.</summary>
    public static string? FindProgram(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/usr/local/sbin".Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="variables">What its environment has besides this program's own; null for nothing.</param>
    public static PeerProcess Start(string program, string[] arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        try
        {
            return new PeerProcess(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new ViolationException($"{program} cannot be started: {e.Message}");
        }
    }

    /// <summary>Waits until it takes connections.</summary>
    public async Task ListeningAsync(int port, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancellation);
                return;
            }
            catch (SocketException)
            {
                if (_process.HasExited)
                {
                    throw new ViolationException($"{_process.StartInfo.FileName} ended before it listened: {(await _errors).Trim()}");
                }
                await Task.Delay(PollInterval, cancellation);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }
}
