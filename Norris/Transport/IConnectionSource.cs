namespace Norris.Transport;

/// <summary>Where a server's connections come from: a socket, or memory.</summary>
internal interface IConnectionSource
{
    /// <summary>The next connection; null once the source has stopped for good. The caller disposes the connection.</summary>
    /// <param name="cancellationToken">Stops waiting; the answer is then null.</param>
    public ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken);
}
