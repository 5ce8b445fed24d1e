using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Norris.Transport;

namespace Norris.Tests.Http.RealPeers;

/// <summary>An nginx of the test's own: in the foreground, in a folder that goes with it, on a port that was free.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Nginx(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
    }

    public IPEndPoint EndPoint { get; }

    public string Url => $"http://{EndPoint}";

    /// <summary>Starts nginx with what stands in its http block; {port} is where it listens, {folder} where files are.</summary>
    public static async Task<Nginx> StartAsync(string http, params (string Name, string Content)[] files)
    {
        while (true)
        {
            string folder = Directory.CreateTempSubdirectory("norris-nginx-").FullName;
            int port = FreePort();
            foreach ((string name, string content) in files)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, name), content);
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), $$"""
                daemon off;
                master_process off;
                pid {{folder}}/nginx.pid;
                error_log {{folder}}/error.log info;
                events { worker_connections 256; }
                http {
                  access_log off;
                  client_body_temp_path {{folder}}/body;
                  proxy_temp_path {{folder}}/proxy;
                  fastcgi_temp_path {{folder}}/fastcgi;
                  uwsgi_temp_path {{folder}}/uwsgi;
                  scgi_temp_path {{folder}}/scgi;
                  {{http.Replace("{port}", $"{port}", StringComparison.Ordinal).Replace("{folder}", folder, StringComparison.Ordinal)}}
                }
                """);
            Nginx nginx = new(Tool.Start("nginx", "-p", folder, "-c", Path.Combine(folder, "nginx.conf")), folder, port);
            if (await nginx.IsReadyAsync())
            {
                return nginx;
            }

            // Somebody took the port in between, or the configuration is wrong: the log knows.
            string log = await nginx.LogAsync();
            await nginx.DisposeAsync();
            Assert.True(log.Contains("Address already in use", StringComparison.Ordinal), log);
        }
    }

    public static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsReadyAsync()
    {
        Dialer dialer = new(ConnectionLimits.Default, TimeProvider.System);
        while (!_process.HasExited)
        {
            DialResult dialled = await dialer.DialAsync(EndPoint, TimeSpan.FromSeconds(10));
            if (dialled.IsConnected)
            {
                await dialled.Connection.DisposeAsync();
                return true;
            }

            await Task.Yield();
        }

        return false;
    }

    private async Task<string> LogAsync()
    {
        string log = Path.Combine(_folder, "error.log");
        return (File.Exists(log) ? await File.ReadAllTextAsync(log) : "") + await _process.StandardError.ReadToEndAsync();
    }
}
