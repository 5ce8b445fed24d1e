namespace Norris.Transport;

/// <summary>
/// How .NET runs what waits for a socket: by default one thread waits for all of them and hands each continuation to the pool, where another thread
/// has to wake up first. A node does little for each message, so the hand-over is most of what a message waits for.
/// </summary>
internal static class SocketEngine
{
    private const string Setting = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// Runs them on the threads that wait, one for each processor. To be called before the first socket: the runtime looks once, and only at the
    /// environment. Who set it to something else is obeyed.
    /// </summary>
    public static void RunContinuationsInline()
    {
        if (Environment.GetEnvironmentVariable(Setting) is null)
        {
            Environment.SetEnvironmentVariable(Setting, "1");
        }
    }
}
