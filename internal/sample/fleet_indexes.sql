CREATE UNIQUE INDEX idx_frotas_placa ON frotas (placa) WHERE placa IS NOT NULL;
CREATE INDEX idx_abastecimentos_equip_data ON abastecimentos ("Cód. Equip.", Data);
CREATE INDEX idx_manutencoes_equip ON manutencoes (cod_equip, data DESC);
CREATE INDEX idx_componentes_equip ON manutencoes_componentes (cod_equip, nome_componente);
CREATE INDEX idx_checklist_equip ON checklist_historico (cod_equip, data_preenchimento);

CREATE VIEW consumo_mensal AS
SELECT "Cód. Equip." AS cod_equip, substr(Data, 1, 7) AS mes, sum("Qtde Litros") AS litros, sum("Qtde Litros" * "Preço Litro") AS custo
FROM abastecimentos
GROUP BY 1, 2;

CREATE TRIGGER manutencoes_data BEFORE INSERT ON manutencoes
WHEN date(NEW.data) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'data inválida');
END;
